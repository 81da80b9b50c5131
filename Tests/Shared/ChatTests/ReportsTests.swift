// Bob brings what Mallory said before the moderators.
import Chat
import Domain
import Store
import TestSupport
import Testing

@Suite struct ReportsTests {
  @Test func `a report reaches the moderators with the message, and nobody else, until they settle it`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob, house.mallory)
    try house.say("an insult", in: lobby, by: house.mallory)
    #expect(try house.chat.report(1, in: lobby, reason: "an insult to Alice", by: house.bob.actor))
    #expect(try !house.chat.report(1, in: lobby, reason: "a bad one", by: house.bob.actor))
    for person in [house.bob, house.mallory] {
      #expect(refusal { try house.chat.reports(in: lobby, for: person.actor, after: 0, limit: 5) }?.code == .forbidden)
      #expect(refusal { try house.chat.settleReports(of: 1, in: lobby, by: person.actor) }?.code == .forbidden)
    }
    let report = try #require(try house.chat.reports(in: lobby, for: house.alice.actor, after: 0, limit: 5).first)
    #expect(report.reason == "a bad one" && report.reporter.username == "bob" && report.seq == 1)
    #expect(try JSONValue(report.message)["content"] == .string("an insult"))
    try house.chat.settleReports(of: 1, in: lobby, by: house.alice.actor)
    #expect(refusal { try house.chat.settleReports(of: 1, in: lobby, by: house.alice.actor) } == .notFound)
    #expect(try house.chat.reports(in: lobby, for: house.alice.actor, after: 0, limit: 5).isEmpty)
  }

  @Test func `what is not there is not reported, nor in rooms that have no moderators, nor without end`() throws {
    let house = try House()
    let lobby = try house.lobby(house.bob)
    #expect(refusal { try house.chat.report(1, in: lobby, reason: nil, by: house.bob.actor) } == .notFound)
    #expect(refusal { try house.chat.report(1, in: lobby, reason: nil, by: house.mallory.actor) }?.code == .forbidden)
    let direct = try house.chat.makeRoom(
      NewRoom(kind: "direct", name: nil, topic: nil, members: [house.bob.id]), by: house.alice.actor, idempotencyKey: nil)
    try house.say("x", in: direct.view.room.id.text, by: house.alice)
    #expect(refusal { try house.chat.report(1, in: direct.view.room.id.text, reason: nil, by: house.bob.actor) }?.code == .forbidden)
    for seq in 1...Chat.reportsOfOneMax + 1 { #expect(try house.say("\(seq)", in: lobby, by: house.alice).seq == seq) }
    let long = String(repeating: "x", count: 501)
    #expect(refusal { try house.chat.report(1, in: lobby, reason: long, by: house.bob.actor) }?.fields.map(\.field) == ["reason"])
    for seq in 1...Chat.reportsOfOneMax { #expect(try house.chat.report(seq, in: lobby, reason: nil, by: house.bob.actor)) }
    #expect(
      refusal { try house.chat.report(Chat.reportsOfOneMax + 1, in: lobby, reason: nil, by: house.bob.actor) }?.code == .conflict)
  }
}
