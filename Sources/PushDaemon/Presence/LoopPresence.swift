// One loop's part in presence: reports its connections to the tracker and sends them what the publisher found.
import Domain
import EventLoop

final class LoopPresence {
  private let loop: Int
  private let io: ConnectionIO
  private let hub: Hub
  private let tracker: SharedPresenceTracker
  private var connections = ConnectionPresence()

  init(loop: Int, io: ConnectionIO, hub: Hub, tracker: SharedPresenceTracker) {
    self.loop = loop
    self.io = io
    self.hub = hub
    self.tracker = tracker
  }

  // MARK: To the tracker

  /// A connection is live: its user is online, and it is to learn who else is.
  func opened(_ connection: Connection) {
    guard let user = connection.user else { return }
    let slot = connection.token.slot
    if connections[slot] == .untracked, tracker.opened(user.rowID) { connections[slot] = .active }
    requestSnapshot(connection, user)
  }

  /// A user has come into a room: its members and the user learn of each other.
  func joinedRoom(_ user: ConnectedUser) {
    tracker.joinedRoom(user.rowID)
    for connection in user.connections where connection.isLive { requestSnapshot(connection, user) }
  }

  private func requestSnapshot(_ connection: Connection, _ user: ConnectedUser) {
    tracker.requestSnapshot(
      PresenceTracker.NewSubscriber(loop: loop, token: connection.token, user: user.rowID, roomFilter: connection.roomFilter))
  }

  func closed(_ connection: Connection) {
    let state = connections[connection.token.slot]
    guard state != .untracked, let user = connection.user else { return }
    connections[connection.token.slot] = .untracked
    tracker.closed(user.rowID, wasActive: state == .active)
  }

  /// The command `set_presence`. Changes nothing for a connection that is not tracked or is in that state already.
  func set(_ connection: Connection, _ presence: PresenceState) {
    let state: ConnectionPresence.State = presence == .active ? .active : .idle
    let slot = connection.token.slot
    guard let user = connection.user, connections[slot] != .untracked, connections[slot] != state else { return }
    connections[slot] = state
    tracker.stateChanged(user.rowID, isActive: state == .active)
  }

  // MARK: To the connections

  func send(_ update: PresenceUpdate) {
    connections.beginUpdate(diffCount: update.diffs.count)
    for (index, diff) in update.diffs.enumerated() {
      for room in diff.rooms {
        for connection in hub[room]?.subscribers ?? []
        where connections.markSent(connection.token.slot, diff: index, supersetDiffs: diff.supersetDiffs) {
          io.sendEphemeral(connection, frame(of: diff, for: connection))
        }
      }
    }
    for snapshot in update.snapshots[loop] {
      for token in snapshot.connections {
        if let connection = io[token], connection.isLive { io.sendEphemeral(connection, snapshot.frame) }
      }
    }
  }

  private func frame(of diff: PresenceUpdate.PresenceDiff, for connection: Connection) -> [UInt8] {
    guard !diff.framesByUser.isEmpty, let user = connection.user?.rowID else { return diff.frame }
    return diff.framesByUser[user] ?? diff.frame
  }
}
