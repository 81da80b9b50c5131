// Finding what was said, whether or not the index has come that far.
import Chat
import Domain
import Posix
import Store
import TestSupport
import Testing
import Wire

@Suite struct SearchTests {
  /// Where the words stand when they are looked for: in the journal alone, or in the index.
  enum Place: CaseIterable { case journal, index }

  private func find(
    _ text: String, _ house: House, as person: Person, room: String? = nil, from author: String? = nil, after: Timestamp? = nil,
    before: Timestamp? = nil, order: MessageSearch.Order = .newest
  ) throws -> [String] {
    let search = MessageSearch(words: try SearchWords(text), room: room, author: author, after: after, before: before, order: order)
    return try house.chat.search(search, after: nil, limit: 50, for: person.actor).hits.map(content)
  }

  private func content(_ hit: SearchHit) throws -> String {
    let message = try #require(Message(json: hit.json))
    return try #require(message.content)
  }

  private func settle(_ place: Place, _ house: House) throws {
    guard place == .index else { return }
    let indexer = try SearchIndexer(path: house.chat.settings.searchIndexPath)
    while try house.chat.index(indexer) != .upToDate {}
    #expect(try indexer.state()?.indexedThrough == house.chat.lastPosition())
  }

  @Test(arguments: Place.allCases) func `Bob finds what Alice said, Mallory finds nothing, and nor does Bob once he has left`(
    _ place: Place
  )
    throws
  {
    let house = try House()
    let room = try house.room("Den", .group, by: house.alice, with: [house.bob])
    try house.say("The coffee is ready", in: room, by: house.alice)
    try settle(place, house)
    #expect(try find("coffee", house, as: house.bob) == ["The coffee is ready"])
    #expect(try find("coffee", house, as: house.bob, room: room) == ["The coffee is ready"])
    #expect(try find("coffee", house, as: house.mallory) == [])
    #expect(refusal { try find("coffee", house, as: house.mallory, room: room) } == Refusal.notFound)
    try house.chat.leave(room, by: house.bob.actor)
    #expect(try find("coffee", house, as: house.bob) == [])
    #expect(refusal { try find("coffee", house, as: house.bob, room: room) } == Refusal.notFound)
  }

  @Test(arguments: Place.allCases) func `words are found without regard to case, accents and place in a longer word, in any script`(
    _ place: Place
  ) throws {
    let house = try House()
    let room = try house.room("Babel", .group, by: house.alice)
    let said = [
      "Καλημέρα Κόσμε", "東京タワーに行きましょう", "مرحباً بالعالم", "Ein Kaffeehaus in Zürich", "🎉 finally!", "cafe\u{301} crème", "Добро пожаловать",
      "I said \"NEAR AND *^\" to them", "C++ & foo_bar-baz",
      "Łódź, Straße, Søren, IRMAK, Đorđe, Æther, Œuvre, Þór",
    ]
    for text in said { try house.say(text, in: room, by: house.alice) }
    try settle(place, house)
    for (query, wanted) in [
      ("ΚΑΛΗΜΕΡΑ", [said[0]]), ("κοσμε", [said[0]]), ("京タワ", [said[1]]), ("行", [said[1]]), ("う", [said[1]]), ("タ京", []),
      ("مرحبا", [said[2]]), ("feeha", [said[3]]), ("zurich", [said[3]]), ("🎉", [said[4]]), ("CAFÉ", [said[5]]), ("пожал", [said[6]]),
      ("near", [said[7]]), ("\"near and\"", [said[7]]), ("bar", [said[8]]), ("foo", [said[8]]), ("***", []), ("z", [said[3]]),
      ("nothingness", []), ("lodz", [said[9]]), ("ŁÓDŹ", [said[9]]), ("strasse", [said[9]]), ("STRAẞE", [said[9]]), ("soren", [said[9]]),
      ("ırmak", [said[9]]), ("dorde", [said[9]]), ("aether", [said[9]]), ("œuvre", [said[9]]), ("thor", [said[9]]),
    ] {
      #expect(try find(query, house, as: house.alice) == wanted, "\(query)")
    }
  }

  @Test(arguments: Place.allCases) func `one letter wrong is forgiven when nothing else is found, two in a long word`(_ place: Place) throws
  {
    let house = try House()
    let room = try house.lobby()
    try house.say("The meeting about coffee is postponed", in: room, by: house.alice)
    try house.say("a test", in: room, by: house.alice)
    try settle(place, house)
    for query in ["cofee", "cofffee", "covfee", "ocffee", "meeing", "postpnoed", "bostboned", "meeting cofee"] {
      #expect(try find(query, house, as: house.alice).count == 1, "\(query)")
    }
    for query in ["tset", "tests", "est", "tesst"] { #expect(try find(query, house, as: house.alice) == ["a test"], "\(query)") }
    for query in ["tst", "tea", "coke", "meat", "xyzzy"] { #expect(try find(query, house, as: house.alice) == [], "\(query)") }
    try house.say("cofee", in: room, by: house.alice)
    #expect(try find("cofee", house, as: house.alice) == ["cofee"])
  }

  @Test(arguments: Place.allCases) func `what is deleted is not found, and what is edited only by its new words`(_ place: Place) throws {
    let house = try House()
    let room = try house.lobby()
    try house.say("apple", in: room, by: house.alice)
    try house.say("banana", in: room, by: house.alice)
    try settle(place, house)
    #expect(try find("apple", house, as: house.alice) == ["apple"])
    try house.delete(1, in: room, by: house.alice)
    try house.edit(2, in: room, to: "cherry", by: house.alice)
    #expect(try find("apple", house, as: house.alice) == [])
    #expect(try find("banana", house, as: house.alice) == [])
    #expect(try find("cherry", house, as: house.alice) == ["cherry"])
    try settle(place, house)
    #expect(try find("apple", house, as: house.alice) == [])
    #expect(try find("banana", house, as: house.alice) == [])
    #expect(try find("cherry", house, as: house.alice) == ["cherry"])
  }

  @Test func `filters narrow by room, author and time, and pages are each hit once`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    let den = try house.room("Den", .group, by: house.alice, with: [house.bob])
    for number in 1...30 {
      try house.say("tick \(number)", in: number % 2 == 0 ? lobby : den, by: number % 3 == 0 ? house.bob : house.alice)
    }
    try settle(.index, house)
    for number in 31...40 {
      try house.say("tick \(number)", in: number % 2 == 0 ? lobby : den, by: number % 3 == 0 ? house.bob : house.alice)
    }
    let all = (1...40).reversed().map { "tick \($0)" }
    #expect(try find("tick", house, as: house.bob) == all)
    #expect(try find("tick", house, as: house.bob, room: den) == (1...40).reversed().filter { $0 % 2 == 1 }.map { "tick \($0)" })
    #expect(try find("tick", house, as: house.bob, from: house.bob.id) == (1...40).reversed().filter { $0 % 3 == 0 }.map { "tick \($0)" })
    #expect(try find("tick", house, as: house.bob, from: "nobody") == [])
    let now = Timestamp(milliseconds: Clock.wallMilliseconds())
    #expect(try find("tick", house, as: house.bob, after: now + .seconds(60)) == [])
    #expect(try find("tick", house, as: house.bob, before: now + .seconds(-3600)) == [])
    #expect(try find("tick", house, as: house.bob, after: now + .seconds(-3600), before: now + .seconds(60)) == all)
    for order in [MessageSearch.Order.newest, .best] {
      let search = MessageSearch(words: try SearchWords("tick"), room: nil, author: nil, after: nil, before: nil, order: order)
      var (found, cursor) = ([String](), SearchCursor?.none)
      repeat {
        let page = try house.chat.search(search, after: cursor, limit: 7, for: house.bob.actor)
        found += try page.hits.map(content)
        cursor = page.next
      } while cursor != nil
      #expect(found == all)
    }
  }

  @Test func `best first: a whole word before its beginning before its middle`() throws {
    let house = try House()
    let room = try house.lobby()
    for text in ["rain", "raincoat", "terrain"] { try house.say(text, in: room, by: house.alice) }
    try settle(.index, house)
    #expect(try find("rain", house, as: house.alice) == ["terrain", "raincoat", "rain"])
    #expect(try find("rain", house, as: house.alice, order: .best) == ["rain", "raincoat", "terrain"])
  }

  @Test func `a hit shows where the words stand, also in a long text`() throws {
    let house = try House()
    let room = try house.lobby()
    try house.say("Drink Café now", in: room, by: house.alice)
    try house.say(String(repeating: "x é ", count: 500) + "needle" + String(repeating: " é y", count: 400), in: room, by: house.alice)
    func excerpt(_ text: String) throws -> [Excerpt.Part] {
      let search = MessageSearch(words: try SearchWords(text), room: nil, author: nil, after: nil, before: nil, order: .newest)
      return try #require(try house.chat.search(search, after: nil, limit: 1, for: house.alice.actor).hits.first).excerpt
    }
    try house.say("Die Straße lang", in: room, by: house.alice)
    #expect(try excerpt("strasse") == [.init("Die ", isHit: false), .init("Straße", isHit: true), .init(" lang", isHit: false)])
    #expect(try excerpt("cafe") == [.init("Drink ", isHit: false), .init("Café", isHit: true), .init(" now", isHit: false)])
    let long = try excerpt("needle")
    #expect(long.filter(\.isHit) == [.init("needle", isHit: true)])
    #expect((300...320).contains(long.map(\.text.utf8.count).reduce(0, +)))
  }

  @Test func `whatever is typed is a query, and the index proposes all that reading everything would find`() throws {
    let house = try House()
    let room = try house.lobby()
    var random = SplitMix(seed: 21)
    let pieces = [
      "a", "b", "ab", "coffee", "Σ", "ς", "é", "e\u{301}", "東", "京", "タ", "ไ", "ท", "\u{200d}", "👍🏽", "🇬🇷", "\"", "'", "*", "^", "(", ")",
      ":", "-", " ", " ", " ",
      "NEAR", "AND", "OR", "NOT", "{", "}", "\\", "\n", "\r\n", "\t", "u1", "1", "ﬁ", "ß", "İ", "\u{1}", "नि", "한국",
    ]
    func text(_ most: Int) -> String { (0..<random.int(1...most)).map { _ in random.pick(pieces) }.joined() }
    let said = (0..<120).map { _ in "x " + text(12) }
    for text in said { try house.say(text, in: room, by: house.alice) }
    let queries = (0..<300).map { _ in text(4) }
    let read = try queries.map { try find($0, house, as: house.alice) }
    try settle(.index, house)
    for (query, wanted) in zip(queries, read) {
      let found = try find(query, house, as: house.alice)
      // A wrong letter of another alphabet is forgiven by whoever reads everything, and not by the index.
      let isLiteral = try wanted.allSatisfy { try SearchWords(query).match(FoldedText($0), forgiving: false) != nil }
      #expect(isLiteral ? found == wanted : Set(found).isSubset(of: wanted), "\(query.debugDescription)")
    }
    #expect(read.filter { !$0.isEmpty }.count > 50)
    #expect(refusal { try SearchWords(String(repeating: "x", count: 513)) }?.code == .invalidField)
  }

  @Test func `a page that takes too long says how far was looked, and whoever follows finds all`() throws {
    let house = try House()
    let room = try house.lobby()
    try house.say("東京都", in: room, by: house.alice)
    // Has the pairs of what is looked for, and not the whole: only reading it tells.
    for _ in 0..<1000 { try house.say("東京 京都", in: room, by: house.alice) }
    try house.say("東京都 again", in: room, by: house.alice)
    try settle(.index, house)
    for order in [MessageSearch.Order.newest, .best] {
      let search = MessageSearch(words: try SearchWords("東京都"), room: nil, author: nil, after: nil, before: nil, order: order)
      let first = try house.chat.search(search, after: nil, limit: 50, for: house.alice.actor)
      #expect(try first.hits.map(content) == ["東京都 again"])
      var (found, cursor, pages) = ([String](), first.next, 1)
      while let next = cursor {
        let page = try house.chat.search(search, after: next, limit: 50, for: house.alice.actor)
        found += try page.hits.map(content)
        (cursor, pages) = (page.next, pages + 1)
      }
      #expect(found == ["東京都"])
      #expect((2...4).contains(pages))
    }
  }

  @Test func `the index is whole after any history, and one that is lost or of another history is made anew`() throws {
    let house = try House()
    let room = try house.lobby(house.bob)
    var random = SplitMix(seed: 22)
    let indexer = try SearchIndexer(path: house.chat.settings.searchIndexPath)
    for number in 1...150 {
      try house.say("word\(number) common", in: room, by: random.pick([house.alice, house.bob]))
      let seq = Int64(random.int(1...number))
      switch random.int(0...3) {
      case 0: try house.delete(seq, in: room, by: house.alice)
      case 1: _ = refusal { try house.edit(seq, in: room, to: "edited\(number) common", by: house.alice) }
      case 2: _ = try house.chat.index(indexer)
      default: break
      }
    }
    func check() throws {
      while try house.chat.index(indexer) != .upToDate {}
      let index = try Database(path: house.chat.settings.searchIndexPath, access: .indexer)
      try index.run("INSERT INTO term_pieces (term_pieces) VALUES ('integrity-check')")
      let alive = try house.chat.page(of: room, .latest, limit: 200, for: house.alice.actor)
      #expect(try index.first("SELECT count(*) FROM documents") { $0.integer(0) } == Int64(alive.json.count(of: #""deleted":false"#)))
      #expect(try find("common", house, as: house.bob).count == 50)
    }
    try check()
    func begin(epoch: String, at position: Int64, filledThrough: Int64?) throws {
      let state = SearchIndex.State(
        epoch: epoch, name: "another", indexedThrough: position, filledThrough: filledThrough, editedThrough: position)
      try indexer.begin(state)
      try house.chat.commit { try Meta.setSearchIndex(state.name, $0) }
    }
    try begin(epoch: "another", at: 5, filledThrough: nil)
    try check()
    // As after an upgrade: the journal no longer tells of the messages.
    try begin(epoch: house.chat.epoch, at: try house.chat.lastPosition(), filledThrough: 0)
    #expect(try find("common", house, as: house.bob).count == 50)
    try check()
  }
}

extension [UInt8] {
  fileprivate func count(of text: String) -> Int {
    String(decoding: self, as: UTF8.self).split(separator: text, omittingEmptySubsequences: false).count - 1
  }
}
