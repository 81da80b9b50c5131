// What one tick publishes: encoded frames, and who is to be sent them.
import Domain
import EventLoop
import WebSocket
import Wire

/// Immutable, so that all loops share one.
final class PresenceUpdate: Sendable {
  /// One frame for everyone in some rooms; each connection is sent it once.
  struct PresenceDiff: Sendable {
    /// Empty if there is nothing to send.
    let frame: [UInt8]
    let rooms: [RoomRowID]
    /// Replaces `frame` for users who are blocked either way from somebody in it; empty if nothing is left to send.
    let framesByUser: [UserRowID: [UInt8]]
    /// Indices of earlier diffs of the update that contain this one: a connection that has been sent one of them does not need it.
    var supersetDiffs: [Int] = []
  }

  /// One frame for connections that have just subscribed.
  struct PresenceSnapshot: Sendable {
    let frame: [UInt8]
    var connections: [Token]
  }

  let diffs: [PresenceDiff]
  /// By the index of the loop.
  let snapshots: [[PresenceSnapshot]]

  init(diffs: [PresenceDiff], snapshots: [[PresenceSnapshot]]) {
    self.diffs = diffs
    self.snapshots = snapshots
  }

  var isEmpty: Bool { diffs.isEmpty && snapshots.allSatisfy(\.isEmpty) }

  /// A text frame as it is sent.
  static func frame(_ json: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    FrameWriter.append(.text, json, to: &bytes)
    return bytes
  }
}

extension PresenceUpdate.PresenceDiff {
  /// A change as JSON, and the users who are not to see it.
  typealias EncodedChange = (json: [UInt8], blockedEitherWay: Set<UserRowID>)

  /// Combines changes into one frame, and leaves out of each blocked user's own frame the changes that the user is not to see.
  init(_ changes: [EncodedChange], rooms: [RoomRowID], supersetDiffs: [Int]) {
    func frame(_ changes: [EncodedChange]) -> [UInt8] {
      changes.isEmpty ? [] : PresenceUpdate.frame(ServerFrame.presence(changes.map(\.json)))
    }
    var frames: [UserRowID: [UInt8]] = [:]
    for user in Set(changes.flatMap(\.blockedEitherWay)) { frames[user] = frame(changes.filter { !$0.blockedEitherWay.contains(user) }) }
    self.init(frame: frame(changes), rooms: rooms, framesByUser: frames, supersetDiffs: supersetDiffs)
  }
}
