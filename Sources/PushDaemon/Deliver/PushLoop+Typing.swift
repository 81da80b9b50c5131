// Somebody is typing: told at once, kept nowhere.
import Domain
import EventLoop
import Wire

extension PushLoop {
  /// How long a client shows that somebody is typing, unless it is told again.
  static let typingMilliseconds: Int64 = 6000
  /// A line is heard typing at most so often.
  static let typingPauseMilliseconds: Int64 = 2000

  func typing(_ token: Token, _ connection: Connection, room id: String) throws(Refusal) {
    guard let person = connection.person, let id = PublicID(id), let index = hub.index(of: id), let room = hub[index],
      connection.subscriptions.contains(where: { $0.room == index })
    else { throw .notFound }
    guard loop.now() - connection.lastTyping >= Self.typingPauseMilliseconds else { return }
    connections[token]?.lastTyping = loop.now()
    let frame = Push.typing(room: id, user: person.id, username: person.username, expiresInMilliseconds: Self.typingMilliseconds)
    for (other, mailbox) in shared.mailboxes.enumerated() where other != self.index {
      mailbox.post(.typing(room: room.number, by: person.number, frame: frame))
    }
    showTyping(room: room.number, by: person.number, frame)
  }

  /// Tells everyone in the room but the typist. A line that is slow already is spared.
  func showTyping(room: RoomNumber, by user: UserNumber, _ frame: [UInt8]) {
    guard let index = hub.index(of: room), let subscribers = hub[index]?.subscribers else { return }
    for slot in subscribers {
      guard let token = connections.token(inSlot: slot), let connection = connections[token], connection.person?.number != user,
        connection.outbox.isEmpty
      else { continue }
      push(token, frame)
    }
  }
}
