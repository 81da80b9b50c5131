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

  func typing(_ connection: Connection, room id: String) throws(Refusal) {
    guard let person = connection.person, let room = person.rooms.first(where: { $0.id.text == id }), connection.hears(room.number),
      connection.isLive
    else { throw .notFound }
    guard loop.now() - connection.lastTyping >= Self.typingPauseMilliseconds else { return }
    connection.lastTyping = loop.now()
    let frame = Push.typing(room: room.id, user: person.id, username: person.username, expiresInMilliseconds: Self.typingMilliseconds)
    for (other, mailbox) in shared.mailboxes.enumerated() where other != self.index {
      mailbox.post(.typing(room: room.number, by: person.number, frame: frame))
    }
    showTyping(room: room.number, by: person.number, frame)
  }

  /// Tells everyone in the room but the typist. A line that is slow already is spared.
  func showTyping(room: RoomNumber, by user: UserNumber, _ frame: [UInt8]) {
    guard let room = hub[room], room.admitsTypist(at: loop.now()) else { return }
    var bytes: [UInt8] = []
    FrameWriter.append(.text, frame, to: &bytes)
    for connection in room.subscribers where connection.person?.number != user { tellFleeting(connection, bytes) }
  }
}
