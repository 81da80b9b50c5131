// The loop's part in presence: it says who comes, goes and turns, and tells its lines what the presencePublisher found.
import Domain
import EventLoop
import WebSocket
import Wire

extension PushLoop {
  // MARK: What the lines do

  /// A line has become live: its user is here, and it is to be told who else is.
  func presenceBegins(_ connection: Connection, _ user: UserRowID) {
    let slot = connection.token.slot
    if attendance[slot] == .untracked, shared.presence.opened(user) { attendance[slot] = .active }
    greet(connection, user)
  }

  /// A person has come into a room: there are new people on both sides.
  func presenceMoves(_ person: Person) {
    shared.presence.joinedRoom(person.rowID)
    for connection in person.lines where connection.isLive { greet(connection, person.rowID) }
  }

  private func greet(_ connection: Connection, _ user: UserRowID) {
    shared.presence.requestSnapshot(
      PresenceTracker.NewSubscriber(loop: index, token: connection.token, user: user, roomFilter: connection.onlyRoom))
  }

  /// The line is gone.
  func presenceEnds(_ connection: Connection, _ user: UserRowID) {
    let state = attendance[connection.token.slot]
    guard state != .untracked else { return }
    attendance[connection.token.slot] = .untracked
    shared.presence.closed(user, wasActive: state == .active)
  }

  /// The command `set_presence`. A line that does not count, or says what it said before, changes nothing.
  func setPresence(_ connection: Connection, _ user: UserRowID, _ said: PresenceState) {
    let state: ConnectionPresence.State = said == .active ? .active : .idle
    let slot = connection.token.slot
    guard attendance[slot] != .untracked, attendance[slot] != state else { return }
    attendance[slot] = state
    shared.presence.stateChanged(user, isActive: state == .active)
  }

  // MARK: What they are told

  func showPresence(_ news: PresenceUpdate) {
    attendance.beginUpdate(diffCount: news.diffs.count)
    for (index, notice) in news.diffs.enumerated() {
      for room in notice.rooms {
        for connection in hub[room]?.subscribers ?? []
        where attendance.markSent(connection.token.slot, diff: index, supersetDiffs: notice.supersetDiffs) {
          sendEphemeral(connection, frame(of: notice, for: connection))
        }
      }
    }
    for roster in news.snapshots[index] {
      for token in roster.connections {
        if let connection = connections[token], connection.isLive { sendEphemeral(connection, roster.frame) }
      }
    }
  }

  private func frame(of notice: PresenceUpdate.PresenceDiff, for connection: Connection) -> [UInt8] {
    guard !notice.framesByUser.isEmpty, let user = connection.person?.rowID else { return notice.frame }
    return notice.framesByUser[user] ?? notice.frame
  }

  /// Sends a frame that nobody has to get, if the line is not behind: what waits to be written goes first, and if it does not all go,
  /// this does not go at all.
  func sendEphemeral(_ connection: Connection, _ frame: [UInt8]) {
    guard !frame.isEmpty, !connection.waitsForWriting, !connection.hasSentClose, !connection.isGone else { return }
    var outcome = connection.flush()
    if outcome == .drained { outcome = frame.withUnsafeBytes { connection.send(shared: $0) } }
    if outcome != .drained { settle(connection, outcome) }
  }
}
