// Going for good.
import Auth
import Domain
import Posix
import SQL
import Store
import Wire

extension Chat {
  /// Under which name a deleted user's messages stay.
  package static let deletedName = "Deleted user"
  /// What one transaction of an erasure does at most.
  private static let roomsPortion = 20
  private static let messagesPortion = 200
  /// How long the one who goes waits for her traces to be gone; what is left then is done by the sweeper.
  private static let patienceMilliseconds: Int64 = 2000

  /// Deletes the principal's account. In one transaction her sessions end and all personal data is gone; then she leaves her rooms, and what
  /// she said gets another name, a portion at a time. Blocks while the password is checked.
  package func deleteAccount(password: String, by principal: Principal) throws {
    let credentials = try readers.read { try Users.credentials(login: principal.user.username, $0) }
    guard try hasher.verify(password, against: credentials?.passwordHash) else {
      throw ChatError(.badCredentials, "The password is wrong.")
    }
    let user = principal.user.rowID
    try commit { transaction in
      // Asked for twice at once, it is done once.
      guard try Users.findPresent(principal.user.id, transaction.database) != nil else { throw Self.unauthenticated }
      let name = try Username("deleted-\(Random.id())")
      try Erasures.begin(user, username: name, displayName: Self.deletedName, at: .now, transaction)
      try Sessions.endOthers(of: user, than: nil, at: .now, transaction)
      try Journal.append(.blocksChanged, user: user, data: [], at: .now, transaction)
    }
    let deadline = Clock.bootMilliseconds() + Self.patienceMilliseconds
    while try eraseNext(of: user), Clock.bootMilliseconds() < deadline {}
  }

  /// Goes on with erasures that were not completed.
  func completeErasures() throws {
    for user in try readers.read({ try Erasures.pending(limit: 100, $0) }) {
      while try eraseNext(of: user) {}
    }
  }

  /// Does the next portion of an erasure. Whoever else does the same one at the same time does no harm. False once nothing is left.
  private func eraseNext(of user: UserRowID) throws -> Bool {
    guard let erasure = try readers.read({ try Erasures.find(user, $0) }) else { return false }
    if try commit({ try Self.leaveRooms(erasure.user, $0) }) { return true }
    if erasure.message < .max {
      // Looked for without holding the writer.
      let portion = try readers.read {
        try Messages.said(by: user, after: erasure.message, limit: Self.messagesPortion, $0)
      }
      try commit { transaction in
        for said in portion.messages { try Self.rename(said.id, erasure.user, transaction) }
        try Erasures.setMessage(portion.next, of: user, transaction)
      }
      return true
    }
    var writer = JSONWriter()
    writer.user(erasure.user)
    let json = writer.bytes
    if try commit({ try Erasures.redactJournal(erasure, userJSON: json, $0) }) { return true }
    try commit { transaction in
      try Erasures.complete(user, transaction)
      try Journal.append(.accountErased, user: user, data: [], at: .now, transaction)
    }
    return false
  }

  /// False if she was in none any more.
  private static func leaveRooms(_ user: User, _ transaction: Transaction) throws -> Bool {
    let rooms = try Memberships.rooms(of: user.rowID, transaction.database).prefix(roomsPortion)
    for room in rooms {
      let role = try Memberships.role(of: user.rowID, in: room.rowID, transaction.database) ?? .member
      try dismiss(user, role, from: room.rowID, room.id, reason: "deleted", transaction)
    }
    return !rooms.isEmpty
  }

  /// Gives a message another author's name, in the journal too. The words stay.
  private static func rename(_ place: MessageID, _ user: User, _ transaction: Transaction) throws {
    guard let stored = try Messages.find(place, transaction.database) else { return }
    let message = try message(stored)
    let renamed = Message(
      roomID: message.roomID, seq: message.seq, userID: message.userID, username: user.username, displayName: user.displayName,
      content: message.content, clientID: nil, replyTo: message.replyTo, mentions: message.mentions, reactions: message.reactions,
      createdAt: message.createdAt, editedAt: message.editedAt, deleted: message.deleted)
    var writer = JSONWriter(reservingBytes: stored.json.count)
    writer.message(renamed)
    try Messages.replace(place, json: writer.bytes, transaction)
    try Messages.forgetClientID(place, transaction)
    try Journal.redact(place, announcedAt: stored.position, json: writer.bytes, transaction)
  }
}
