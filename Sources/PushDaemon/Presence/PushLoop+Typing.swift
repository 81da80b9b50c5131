// Somebody is typing: told at once, kept nowhere.
import Domain
import EventLoop
import WebSocket
import Wire

extension PushLoop {
  /// How long a client shows that somebody is typing, unless it is told again.
  static let typingMilliseconds: Int64 = 6000
  /// A line is heard typing at most so often.
  static let typingPauseMilliseconds: Int64 = 2000

  func typing(_ connection: Connection, room id: String) throws(ChatError) {
    guard let person = connection.person, let room = person.rooms.first(where: { $0.id.text == id }), connection.hears(room.rowID),
      connection.isLive
    else { throw .notFound }
    guard loop.now() - connection.lastTyping >= Self.typingPauseMilliseconds else { return }
    connection.lastTyping = loop.now()
    let frame = ServerFrame.typing(
      room: room.id, user: person.id, username: person.username, expiresInMilliseconds: Self.typingMilliseconds)
    for (other, mailbox) in shared.mailboxes.enumerated() where other != self.index {
      mailbox.send(.typing(room: room.rowID, by: person.rowID, frame: frame))
    }
    showTyping(room: room.rowID, by: person.rowID, frame)
  }

  /// Tells everyone in the room but the typist. A line that is slow already is spared.
  func showTyping(room: RoomRowID, by user: UserRowID, _ frame: [UInt8]) {
    guard let room = hub[room], room.allowsTypingNotification(at: loop.now()) else { return }
    var bytes: [UInt8] = []
    FrameWriter.append(.text, frame, to: &bytes)
    for connection in room.subscribers where connection.person?.rowID != user { sendEphemeral(connection, bytes) }
  }
}
