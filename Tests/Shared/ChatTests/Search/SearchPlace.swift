// What the tests of search have in common.
import Chat
import Domain
import SearchIndex
import TestSupport
import Testing
import Wire

/// Where the messages are when they are searched: in the journal alone, or in the index.
enum SearchPlace: CaseIterable { case journal, index }

func find(
  _ text: String, _ fixture: ChatFixture, as user: TestUser, room: String? = nil, from author: String? = nil, after: Timestamp? = nil,
  before: Timestamp? = nil, order: MessageSearch.Order = .newest
) throws -> [String] {
  let search = try MessageSearch(text: text, room: room, author: author, after: after, before: before, order: order)
  return try fixture.chat.search(search, after: nil, limit: 50, for: user.principal).hits.map(content)
}

func content(_ hit: SearchHit) throws -> String {
  let message = try #require(Message(json: hit.json))
  return try #require(message.content)
}

func settle(_ place: SearchPlace, _ fixture: ChatFixture) throws {
  guard place == .index else { return }
  let indexer = try SearchIndexing(fixture.chat)
  while try indexer.next() != .upToDate {}
  #expect(try indexer.writer.state()?.indexedThrough == fixture.chat.lastPosition())
}
