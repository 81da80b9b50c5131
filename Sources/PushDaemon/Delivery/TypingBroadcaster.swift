// Typing notifications: sent at once to a room's subscribers on all loops, stored nowhere.
import Domain
import EventLoop
import WebSocket
import Wire

/// A notification on its way to the other loops.
struct TypingNotification: Sendable {
  let room: RoomRowID
  let user: UserRowID
  let json: [UInt8]
}

final class TypingBroadcaster {
  /// How long a client shows a notification that is not repeated.
  static let typingMilliseconds: Int64 = 6000
  /// Notifications of one connection are dropped if they come faster.
  static let typingPauseMilliseconds: Int64 = 2000

  private let io: ConnectionIO
  private let hub: Hub
  private let sendToOtherLoops: (TypingNotification) -> Void

  init(io: ConnectionIO, hub: Hub, sendToOtherLoops: @escaping (TypingNotification) -> Void) {
    self.io = io
    self.hub = hub
    self.sendToOtherLoops = sendToOtherLoops
  }

  /// The command `typing`. Throws `notFound` unless the connection is live and the user is in the room, whichever the connection receives;
  /// `emailUnverified` if the user only reads.
  func typing(_ connection: Connection, room id: String) throws(ChatError) {
    guard let user = connection.user, let room = user.rooms.first(where: { $0.id.text == id }),
      connection.isLive
    else { throw .notFound }
    if connection.isReadOnly { throw .emailUnverified }
    let now = io.loop.now()
    guard now - connection.lastTyping >= Self.typingPauseMilliseconds else { return }
    connection.lastTyping = now
    let notification = TypingNotification(
      room: room.rowID, user: user.rowID,
      json: ServerFrame.typing(
        room: room.id, user: user.id, username: user.username, expiresInMilliseconds: Self.typingMilliseconds))
    sendToOtherLoops(notification)
    broadcastTyping(notification)
  }

  /// Sends it to the room's subscribers on this loop, except the user who types, users between whom and them a block stands, and
  /// connections that are slow.
  func broadcastTyping(_ notification: TypingNotification) {
    guard let room = hub[notification.room], room.allowsTypingNotification(at: io.loop.now()) else { return }
    var frame: [UInt8] = []
    FrameWriter.append(.text, notification.json, to: &frame)
    let usersApart = hub.usersApart(from: notification.user)
    for connection in room.subscribers {
      guard let user = connection.user?.rowID, user != notification.user, usersApart.isEmpty || !usersApart.contains(user) else { continue }
      io.sendEphemeral(connection, frame)
    }
  }
}
