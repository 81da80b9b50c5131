// Reporting messages.
import Chat
import Domain
import Store
import TestSupport
import Testing
import Wire

@Suite struct ReportsTests {
  @Test func `moderators alone see a report with its message, until they resolve it`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob, fixture.mallory)
    try fixture.post("an insult", in: lobby, by: fixture.mallory)
    #expect(try fixture.chat.report(1, in: lobby, reason: "an insult to Alice", by: fixture.bob.principal))
    #expect(try !fixture.chat.report(1, in: lobby, reason: "a bad one", by: fixture.bob.principal))
    for user in [fixture.bob, fixture.mallory] {
      #expect(refusal { try fixture.chat.reports(in: lobby, for: user.principal, after: 0, limit: 5) }?.code == .forbidden)
      #expect(refusal { try fixture.chat.resolveReports(of: 1, in: lobby, by: user.principal) }?.code == .forbidden)
    }
    let report = try #require(try fixture.chat.reports(in: lobby, for: fixture.alice.principal, after: 0, limit: 5).first)
    #expect(report.reason == "a bad one" && report.reporter.username == "bob" && report.seq == 1)
    #expect(try JSONValue(report.message)["content"] == .string("an insult"))
    try fixture.chat.resolveReports(of: 1, in: lobby, by: fixture.alice.principal)
    #expect(refusal { try fixture.chat.resolveReports(of: 1, in: lobby, by: fixture.alice.principal) } == .notFound)
    #expect(try fixture.chat.reports(in: lobby, for: fixture.alice.principal, after: 0, limit: 5).isEmpty)
  }

  @Test func `reports need an existing message and a room with moderators, and have bounds`() throws {
    let fixture = try ChatFixture()
    let lobby = try fixture.lobby(fixture.bob)
    #expect(refusal { try fixture.chat.report(1, in: lobby, reason: nil, by: fixture.bob.principal) } == .notFound)
    #expect(refusal { try fixture.chat.report(1, in: lobby, reason: nil, by: fixture.mallory.principal) }?.code == .forbidden)
    let direct = try fixture.chat.createRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [fixture.bob.id]), by: fixture.alice.principal, idempotencyKey: nil)
    try fixture.post("x", in: direct.view.room.id.text, by: fixture.alice)
    #expect(
      refusal { try fixture.chat.report(1, in: direct.view.room.id.text, reason: nil, by: fixture.bob.principal) }?.code == .forbidden)
    for seq in 1...Chat.reportsPerReporterMax + 1 { #expect(try fixture.post("\(seq)", in: lobby, by: fixture.alice).seq == seq) }
    let long = String(repeating: "x", count: 501)
    #expect(refusal { try fixture.chat.report(1, in: lobby, reason: long, by: fixture.bob.principal) }?.fields.map(\.field) == ["reason"])
    for seq in 1...Chat.reportsPerReporterMax { #expect(try fixture.chat.report(seq, in: lobby, reason: nil, by: fixture.bob.principal)) }
    #expect(
      refusal { try fixture.chat.report(Chat.reportsPerReporterMax + 1, in: lobby, reason: nil, by: fixture.bob.principal) }?.code
        == .conflict)
  }
}
