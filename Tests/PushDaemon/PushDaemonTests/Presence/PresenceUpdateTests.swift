// The frames of a presence diff.
import Domain
import Testing

@testable import PushDaemon

@Suite struct PresenceUpdateTests {
  private func text(_ frame: [UInt8]) -> String { String(decoding: frame.drop { $0 != UInt8(ascii: "{") }, as: UTF8.self) }

  @Test func `a blocked user gets a diff without the change, or not at all`() {
    let (bob, mallory) = (UserRowID(2), UserRowID(3))
    let diff = PresenceUpdate.PresenceDiff(
      [(Array(#"{"a":1}"#.utf8), [bob, mallory]), (Array(#"{"b":2}"#.utf8), [mallory])], rooms: [RoomRowID(1)], supersetDiffs: [])
    #expect(text(diff.frame) == #"{"event":"presence","data":{"changes":[{"a":1},{"b":2}]}}"#)
    #expect(diff.framesByUser[bob].map(text) == #"{"event":"presence","data":{"changes":[{"b":2}]}}"#)
    #expect(diff.framesByUser[mallory] == [] && diff.framesByUser.count == 2)
  }
}
