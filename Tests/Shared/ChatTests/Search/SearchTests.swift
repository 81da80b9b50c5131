// Searching messages, whether or not they are indexed yet.
import Chat
import Configuration
import Domain
import Posix
import SQL
import SearchIndex
import Store
import TestSupport
import Testing
import TextSearch
import Wire

@Suite struct SearchTests {
  @Test(arguments: SearchPlace.allCases) func `Bob finds a message of Alice, Mallory finds nothing, nor does Bob after leaving`(
    _ place: SearchPlace
  )
    throws
  {
    let fixture = try ChatFixture()
    let room = try fixture.room("Den", .group, by: fixture.alice, with: [fixture.bob])
    try fixture.post("The coffee is ready", in: room, by: fixture.alice)
    try settle(place, fixture)
    #expect(try find("coffee", fixture, as: fixture.bob) == ["The coffee is ready"])
    #expect(try find("coffee", fixture, as: fixture.bob, room: room) == ["The coffee is ready"])
    #expect(try find("coffee", fixture, as: fixture.mallory) == [])
    #expect(refusal { try find("coffee", fixture, as: fixture.mallory, room: room) } == ChatError.notFound)
    try fixture.chat.leave(room, by: fixture.bob.principal)
    #expect(try find("coffee", fixture, as: fixture.bob) == [])
    #expect(refusal { try find("coffee", fixture, as: fixture.bob, room: room) } == ChatError.notFound)
  }

  @Test(arguments: SearchPlace.allCases) func `search ignores case, accents and position in a longer word, in any script`(
    _ place: SearchPlace
  ) throws {
    let fixture = try ChatFixture()
    let room = try fixture.room("Babel", .group, by: fixture.alice)
    let said = [
      "Καλημέρα Κόσμε", "東京タワーに行きましょう", "مرحباً بالعالم", "Ein Kaffeehaus in Zürich", "🎉 finally!", "cafe\u{301} crème", "Добро пожаловать",
      "I said \"NEAR AND *^\" to them", "C++ & foo_bar-baz",
      "Łódź, Straße, Søren, IRMAK, Đorđe, Æther, Œuvre, Þór",
    ]
    for text in said { try fixture.post(text, in: room, by: fixture.alice) }
    try settle(place, fixture)
    for (query, wanted) in [
      ("ΚΑΛΗΜΕΡΑ", [said[0]]), ("κοσμε", [said[0]]), ("京タワ", [said[1]]), ("行", [said[1]]), ("う", [said[1]]), ("タ京", []),
      ("مرحبا", [said[2]]), ("feeha", [said[3]]), ("zurich", [said[3]]), ("🎉", [said[4]]), ("CAFÉ", [said[5]]), ("пожал", [said[6]]),
      ("near", [said[7]]), ("\"near and\"", [said[7]]), ("bar", [said[8]]), ("foo", [said[8]]), ("***", []), ("z", [said[3]]),
      ("nothingness", []), ("lodz", [said[9]]), ("ŁÓDŹ", [said[9]]), ("strasse", [said[9]]), ("STRAẞE", [said[9]]), ("soren", [said[9]]),
      ("ırmak", [said[9]]), ("dorde", [said[9]]), ("aether", [said[9]]), ("œuvre", [said[9]]), ("thor", [said[9]]),
    ] {
      #expect(try find(query, fixture, as: fixture.alice) == wanted, "\(query)")
    }
  }

  @Test(arguments: SearchPlace.allCases) func `fuzzy search allows one wrong letter if there is no exact match, two in a long word`(
    _ place: SearchPlace
  ) throws {
    let fixture = try ChatFixture()
    let room = try fixture.lobby()
    try fixture.post("The meeting about coffee is postponed", in: room, by: fixture.alice)
    try fixture.post("a test", in: room, by: fixture.alice)
    try settle(place, fixture)
    for query in ["cofee", "cofffee", "covfee", "ocffee", "meeing", "postpnoed", "bostboned", "meeting cofee"] {
      #expect(try find(query, fixture, as: fixture.alice).count == 1, "\(query)")
    }
    for query in ["tset", "tests", "est", "tesst"] { #expect(try find(query, fixture, as: fixture.alice) == ["a test"], "\(query)") }
    for query in ["tst", "tea", "coke", "meat", "xyzzy"] { #expect(try find(query, fixture, as: fixture.alice) == [], "\(query)") }
    try fixture.post("cofee", in: room, by: fixture.alice)
    #expect(try find("cofee", fixture, as: fixture.alice) == ["cofee"])
  }

  @Test(arguments: SearchPlace.allCases) func `deleted messages are not found, and edited ones only by their new text`(_ place: SearchPlace)
    throws
  {
    let fixture = try ChatFixture()
    let room = try fixture.lobby()
    try fixture.post("apple", in: room, by: fixture.alice)
    try fixture.post("banana", in: room, by: fixture.alice)
    try settle(place, fixture)
    #expect(try find("apple", fixture, as: fixture.alice) == ["apple"])
    try fixture.delete(1, in: room, by: fixture.alice)
    try fixture.edit(2, in: room, to: "cherry", by: fixture.alice)
    #expect(try find("apple", fixture, as: fixture.alice) == [])
    #expect(try find("banana", fixture, as: fixture.alice) == [])
    #expect(try find("cherry", fixture, as: fixture.alice) == ["cherry"])
    try settle(place, fixture)
    #expect(try find("apple", fixture, as: fixture.alice) == [])
    #expect(try find("banana", fixture, as: fixture.alice) == [])
    #expect(try find("cherry", fixture, as: fixture.alice) == ["cherry"])
  }

  @Test func `filters narrow by room, author and time, and pages are each hit once`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let den = try fixture.room("Den", .group, by: fixture.alice, with: [fixture.bob])
    for number in 1...30 {
      try fixture.post("tick \(number)", in: number % 2 == 0 ? lobby : den, by: number % 3 == 0 ? fixture.bob : fixture.alice)
    }
    try settle(.index, fixture)
    for number in 31...40 {
      try fixture.post("tick \(number)", in: number % 2 == 0 ? lobby : den, by: number % 3 == 0 ? fixture.bob : fixture.alice)
    }
    let all = (1...40).reversed().map { "tick \($0)" }
    #expect(try find("tick", fixture, as: fixture.bob) == all)
    #expect(try find("tick", fixture, as: fixture.bob, room: den) == (1...40).reversed().filter { $0 % 2 == 1 }.map { "tick \($0)" })
    #expect(
      try find("tick", fixture, as: fixture.bob, from: fixture.bob.id) == (1...40).reversed().filter { $0 % 3 == 0 }.map { "tick \($0)" })
    #expect(try find("tick", fixture, as: fixture.bob, from: "nobody") == [])
    let now = Timestamp(milliseconds: Clock.wallMilliseconds())
    #expect(try find("tick", fixture, as: fixture.bob, after: now + .seconds(60)) == [])
    #expect(try find("tick", fixture, as: fixture.bob, before: now + .seconds(-3600)) == [])
    #expect(try find("tick", fixture, as: fixture.bob, after: now + .seconds(-3600), before: now + .seconds(60)) == all)
    for order in [MessageSearch.Order.newest, .best] {
      let search = try MessageSearch(text: "tick", room: nil, author: nil, after: nil, before: nil, order: order)
      var (found, cursor) = ([String](), SearchCursor?.none)
      repeat {
        let page = try fixture.chat.search(search, after: cursor, limit: 7, for: fixture.bob.principal)
        found += try page.hits.map(content)
        cursor = page.next
      } while cursor != nil
      #expect(found == all)
    }
  }

  @Test func `a time hides no message behind deleted ones or before the index has it`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    let later = Timestamp(milliseconds: Clock.wallMilliseconds()) + .seconds(3600)
    func found() throws -> [String] { try find("tick", fixture, as: fixture.bob, before: later) }
    // An index with nothing in it.
    try settle(.index, fixture)
    try fixture.post("tick 1", in: lobby, by: fixture.bob)
    #expect(try found() == ["tick 1"])
    // One of which the end is deleted.
    try settle(.index, fixture)
    try fixture.delete(1, in: lobby, by: fixture.bob)
    try fixture.post("tick 2", in: lobby, by: fixture.bob)
    #expect(try found() == ["tick 2"])
    // More deleted messages in a row than a look-up of a time steps over.
    for number in 3...150 { try fixture.post("tock \(number)", in: lobby, by: fixture.bob) }
    try fixture.post("tick 151", in: lobby, by: fixture.bob)
    try settle(.index, fixture)
    for number in 3...150 { try fixture.delete(Int64(number), in: lobby, by: fixture.bob) }
    #expect(try found() == ["tick 151", "tick 2"])
    #expect(try find("tick", fixture, as: fixture.bob, after: later + .seconds(-7200)) == ["tick 151", "tick 2"])
  }

  @Test func `best first: a whole word before its beginning before its middle`() throws {
    let fixture = try ChatFixture()
    let room = try fixture.lobby()
    for text in ["rain", "raincoat", "terrain"] { try fixture.post(text, in: room, by: fixture.alice) }
    try settle(.index, fixture)
    #expect(try find("rain", fixture, as: fixture.alice) == ["terrain", "raincoat", "rain"])
    #expect(try find("rain", fixture, as: fixture.alice, order: .best) == ["rain", "raincoat", "terrain"])
  }

  @Test func `a hit has the ranges of its words, also in a long text`() throws {
    let fixture = try ChatFixture()
    let room = try fixture.lobby()
    try fixture.post("Drink Café now", in: room, by: fixture.alice)
    try fixture.post(String(repeating: "x é ", count: 500) + "needle" + String(repeating: " é y", count: 400), in: room, by: fixture.alice)
    func excerpt(_ text: String) throws -> [Snippet.Part] {
      let search = try MessageSearch(text: text, room: nil, author: nil, after: nil, before: nil, order: .newest)
      return try #require(try fixture.chat.search(search, after: nil, limit: 1, for: fixture.alice.principal).hits.first).highlights.map {
        Snippet.Part($0.text, isHit: $0.isHit)
      }
    }
    try fixture.post("Die Straße lang", in: room, by: fixture.alice)
    #expect(try excerpt("strasse") == [.init("Die ", isHit: false), .init("Straße", isHit: true), .init(" lang", isHit: false)])
    #expect(try excerpt("cafe") == [.init("Drink ", isHit: false), .init("Café", isHit: true), .init(" now", isHit: false)])
    let long = try excerpt("needle")
    #expect(long.filter(\.isHit) == [.init("needle", isHit: true)])
    #expect((300...320).contains(long.map(\.text.utf8.count).reduce(0, +)))
  }

  @Test func `every text is a valid query, and the index finds all that a full scan finds`() throws {
    let fixture = try ChatFixture()
    let room = try fixture.lobby()
    var random = SplitMix(seed: 21)
    let pieces = [
      "a", "b", "ab", "coffee", "Σ", "ς", "é", "e\u{301}", "東", "京", "タ", "ไ", "ท", "\u{200d}", "👍🏽", "🇬🇷", "\"", "'", "*", "^", "(", ")",
      ":", "-", " ", " ", " ",
      "NEAR", "AND", "OR", "NOT", "{", "}", "\\", "\n", "\r\n", "\t", "u1", "1", "ﬁ", "ß", "İ", "\u{1}", "नि", "한국",
    ]
    func text(_ most: Int) -> String { (0..<random.int(1...most)).map { _ in random.pick(pieces) }.joined() }
    let said = (0..<120).map { _ in "x " + text(12) }
    for text in said { try fixture.post(text, in: room, by: fixture.alice) }
    let queries = (0..<300).map { _ in text(4) }
    let read = try queries.map { try find($0, fixture, as: fixture.alice) }
    try settle(.index, fixture)
    for (query, wanted) in zip(queries, read) {
      let found = try find(query, fixture, as: fixture.alice)
      // A full scan tolerates a wrong letter of another alphabet, the index does not.
      let isLiteral = try wanted.allSatisfy { try SearchQuery(query).match(FoldedText($0), fuzzy: false) != nil }
      #expect(isLiteral ? found == wanted : Set(found).isSubset(of: wanted), "\(query.debugDescription)")
    }
    #expect(read.filter { !$0.isEmpty }.count > 50)
    let long = String(repeating: "x", count: 513)
    #expect(refusal { try SearchQuery(checking: long) }?.code == .invalidField)
    let (chat, alice) = (fixture.chat, fixture.alice.principal)
    #expect(refusal { try chat.users(searchedBy: long, after: nil, limit: 9) }?.code == .invalidField)
    #expect(refusal { try chat.publicRooms(searchedBy: long, for: alice, after: nil, limit: 9) }?.code == .invalidField)
  }

  @Test func `a page that reaches the cost bound has a cursor, and following the cursors finds all`() throws {
    let fixture = try ChatFixture()
    let room = try fixture.lobby()
    try fixture.post("東京都", in: room, by: fixture.alice)
    // Has the pairs of what is looked for, and not the whole: only reading it tells.
    for _ in 0..<1000 { try fixture.post("東京 京都", in: room, by: fixture.alice) }
    try fixture.post("東京都 again", in: room, by: fixture.alice)
    try settle(.index, fixture)
    for order in [MessageSearch.Order.newest, .best] {
      let search = try MessageSearch(text: "東京都", room: nil, author: nil, after: nil, before: nil, order: order)
      let first = try fixture.chat.search(search, after: nil, limit: 50, for: fixture.alice.principal)
      #expect(try first.hits.map(content) == ["東京都 again"])
      var (found, cursor, pages) = ([String](), first.next, 1)
      while let next = cursor {
        let page = try fixture.chat.search(search, after: next, limit: 50, for: fixture.alice.principal)
        found += try page.hits.map(content)
        (cursor, pages) = (page.next, pages + 1)
      }
      #expect(found == ["東京都"])
      #expect((2...4).contains(pages))
    }
  }

  @Test func `the index is complete after any history, and one that is lost or of another history is rebuilt`() throws {
    let fixture = try ChatFixture()
    let room = try fixture.lobby(fixture.bob)
    var random = SplitMix(seed: 22)
    let indexer = try SearchIndexing(fixture.chat)
    for number in 1...150 {
      try fixture.post("word\(number) common", in: room, by: random.pick([fixture.alice, fixture.bob]))
      let seq = Int64(random.int(1...number))
      switch random.int(0...3) {
      case 0: try fixture.delete(seq, in: room, by: fixture.alice)
      case 1: _ = refusal { try fixture.edit(seq, in: room, to: "edited\(number) common", by: fixture.alice) }
      case 2: _ = try indexer.next()
      default: break
      }
    }
    func check() throws {
      while try indexer.next() != .upToDate {}
      let index = try Database(path: fixture.chat.settings.searchIndexPath, access: .indexer)
      try index.run("INSERT INTO term_pieces (term_pieces) VALUES ('integrity-check')")
      let alive = try fixture.chat.page(of: room, .latest, limit: 200, for: fixture.alice.principal)
      #expect(try index.first("SELECT count(*) FROM documents") { $0.integer(0) } == Int64(alive.json.count(of: #""deleted":false"#)))
      #expect(try find("common", fixture, as: fixture.bob).count == 50)
    }
    try check()
    func begin(epoch: String, at position: Int64, filledThrough: Int64?) throws {
      let state = SearchIndex.State(
        epoch: epoch, name: "another", indexedThrough: position, filledThrough: filledThrough, editedThrough: position)
      try indexer.writer.begin(state)
      try fixture.chat.commit { try Meta.setSearchIndex(state.name, $0) }
    }
    try begin(epoch: "another", at: 5, filledThrough: nil)
    try check()
    // As after an upgrade: the journal no longer tells of the messages.
    try begin(epoch: fixture.chat.epoch, at: try fixture.chat.lastPosition(), filledThrough: 0)
    #expect(try find("common", fixture, as: fixture.bob).count == 50)
    try check()
  }
}

extension [UInt8] {
  fileprivate func count(of text: String) -> Int {
    String(decoding: self, as: UTF8.self).split(separator: text, omittingEmptySubsequences: false).count - 1
  }
}
