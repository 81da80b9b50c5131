// A search finds no message that has ended, and the words of those leave the index.
import Chat
import Configuration
import Domain
import SearchIndex
import SQL
import TestSupport
import Testing

@Suite struct SearchRetentionTests {
  private let clock = ManualClock()

  @Test(arguments: SearchPlace.allCases)
  func `what has ended is found no more, what stands is`(place: SearchPlace) throws {
    let fixture = try ChatFixture(clock: clock) { $0.retention = .seconds(86_400) }
    let (lobby, other) = (try fixture.lobby(), try fixture.room("Other", .group, by: fixture.alice))
    _ = try fixture.chat.setRetention(.forever, of: .id(other), by: .tests)
    for number in 1...600 { try fixture.post("needle haystack\(number)", in: number % 3 == 0 ? other : lobby, by: fixture.alice) }
    clock.advance(seconds: 86_000)
    try fixture.post("needle young", in: lobby, by: fixture.alice)
    try settle(place, fixture)
    clock.advance(seconds: 500)
    try fixture.chat.expireMessages()
    #expect(try find("needle", fixture, as: fixture.alice, room: lobby) == ["needle young"], "before the index knows")
    try settle(place, fixture)
    #expect(try find("needle", fixture, as: fixture.alice, room: lobby) == ["needle young"])
    #expect(try find("haystack300", fixture, as: fixture.alice) == ["needle haystack300"])
    #expect(try !find("haystack301", fixture, as: fixture.alice).contains("needle haystack301"))
    guard place == .index else { return }
    let indexing = try SearchIndexing(fixture.chat)
    while try indexing.eraseNext() == .more {}
    let index = try Database(path: fixture.chat.settings.searchIndexPath, access: .reader)
    func has(_ word: String) throws -> Bool { try index.first("SELECT 1 FROM terms WHERE term = ?", .text(word)) { _ in true } ?? false }
    #expect(try has("haystack300") && has("young") && !has("haystack301") && !has("haystack1"))
    #expect(try index.first("SELECT count(*) FROM documents") { $0.integer(0) } == 201)
  }

  @Test func `a room of which all has ended is found by its next message`() throws {
    let fixture = try ChatFixture(clock: clock) { $0.retention = .seconds(60) }
    let lobby = try fixture.lobby()
    for number in 1...20 { try fixture.post("needle \(number)", in: lobby, by: fixture.alice) }
    try settle(.index, fixture)
    clock.advance(seconds: 100)
    try fixture.chat.expireMessages()
    try settle(.index, fixture)
    #expect(try find("needle", fixture, as: fixture.alice) == [])
    try fixture.post("needle again", in: lobby, by: fixture.alice)
    #expect(try find("needle", fixture, as: fixture.alice) == ["needle again"])
    try settle(.index, fixture)
    #expect(try find("needle", fixture, as: fixture.alice) == ["needle again"])
  }
}
