// Words are found however they are written, from the index as from the rooms.
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

@Suite struct SearchFoldingTests {
  @Test(arguments: SearchPlace.allCases) func `a query finds what a user of a chat expects, in the index as in the rooms`(
    _ place: SearchPlace
  ) throws {
    let fixture = try ChatFixture()
    let room = try fixture.lobby()
    let examples = Dictionary(grouping: SearchCase.all, by: \.text)
    var (seq, searched) = (Int64(0), 0)
    for text in Set(SearchCase.all.map(\.text)).sorted() {
      // Text that may not be posted is not searched either.
      do { try fixture.post(text, in: room, by: fixture.alice) } catch is ChatError { continue }
      seq += 1
      try settle(place, fixture)
      for example in examples[text] ?? [] {
        let found = try find(example.query, fixture, as: fixture.alice)
        #expect(found == (example.hit == nil ? [] : [text]), "\(example)")
        searched += 1
      }
      // Fuzzy matches count only where there is no other: each text is the only one.
      try fixture.delete(seq, in: room, by: fixture.alice)
      try settle(place, fixture)
    }
    #expect(searched > SearchCase.all.count - 10)
  }

  @Test func `a word with signs is found before the words without them, and nothing else is`() throws {
    let fixture = try ChatFixture()
    let room = try fixture.lobby()
    for text in ["C++ first", "a cat", "C only", "v1.2.3 is out", "1 of 2 of 3", "abc cab", "a cab"] {
      try fixture.post(text, in: room, by: fixture.alice)
    }
    for place in SearchPlace.allCases {
      try settle(place, fixture)
      #expect(try find("C++", fixture, as: fixture.alice) == ["C++ first"])
      #expect(try find("1.2.3", fixture, as: fixture.alice) == ["v1.2.3 is out"])
      #expect(try find("ab", fixture, as: fixture.alice) == ["abc cab"])
      #expect(try find("ca", fixture, as: fixture.alice) == ["a cab", "abc cab", "a cat"])
    }
  }

  @Test func `an index of another version is not read, and is built anew`() throws {
    let fixture = try ChatFixture()
    let room = try fixture.lobby()
    for text in ["the co-op shop", "another"] { try fixture.post(text, in: room, by: fixture.alice) }
    try settle(.index, fixture)
    func name() throws -> String? { try fixture.chat.commit { try Meta.searchIndex($0.database) } }
    // As the version before left it: without the compound.
    do {
      let index = try Database(path: fixture.chat.settings.searchIndexPath, access: .indexer)
      try index.run("DELETE FROM documents")
      try index.run("DELETE FROM unsealed")
      try index.runScript("PRAGMA user_version = \(SearchIndex.version - 1)")
    }
    let old = try name()
    // A program of this version that starts before the daemon, and one whose connection is open already.
    #expect(try find("coop", fixture, as: fixture.alice) == ["the co-op shop"])
    #expect(try name() == old, "the writer replaces it, not a reader")
    let indexer = try SearchIndexing(fixture.chat)
    #expect(try find("coop", fixture, as: fixture.alice) == ["the co-op shop"])
    try fixture.post("coop again", in: room, by: fixture.alice)
    while try indexer.next() != .upToDate { #expect(try find("coop", fixture, as: fixture.alice).count == 2) }
    #expect(try find("coop", fixture, as: fixture.alice).count == 2)
    #expect(try indexer.writer.state()?.indexedThrough == fixture.chat.lastPosition())
    #expect(try name() != old)
  }
}
