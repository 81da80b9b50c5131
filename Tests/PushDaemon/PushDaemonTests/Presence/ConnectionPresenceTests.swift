// Which diffs each connection is sent.
import Testing

@testable import PushDaemon

@Suite struct ConnectionPresenceTests {
  @Test func `a connection is sent a diff once, for whichever room comes first`() {
    var presence = ConnectionPresence()
    for slot in [UInt32(5), 0] { presence[slot] = .active }
    presence.beginUpdate(diffCount: 1)
    var sent = (0..<2).map { _ in presence.markSent(5, diff: 0, supersetDiffs: []) } + [presence.markSent(0, diff: 0, supersetDiffs: [])]
    presence.beginUpdate(diffCount: 1)
    sent.append(presence.markSent(5, diff: 0, supersetDiffs: []))
    #expect(sent == [true, false, true, true])
    #expect(presence[3] == .untracked && presence[5] == .active && presence[99] == .untracked)
  }

  @Test func `a connection that was just sent a superset is not sent the subset, but is sent what is new`() {
    var presence = ConnectionPresence()
    for slot in [UInt32(1), 2] { presence[slot] = .active }
    presence.beginUpdate(diffCount: 3)
    let first = presence.markSent(1, diff: 0, supersetDiffs: [])
    let part = presence.markSent(1, diff: 1, supersetDiffs: [0])
    let other = presence.markSent(1, diff: 2, supersetDiffs: [])
    #expect([first, part, other] == [true, false, true])
    // A connection that was not sent the superset is sent the subset; and an earlier update does not count for this one.
    let another = presence.markSent(2, diff: 1, supersetDiffs: [0])
    presence.beginUpdate(diffCount: 2)
    let later = presence.markSent(1, diff: 1, supersetDiffs: [0])
    #expect(another && later)
  }
}
