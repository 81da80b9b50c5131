// Account deletion and the erasure of personal data.
import Auth
import Domain
import Posix
import SQL
import Store
import Wire

extension Chat {
  /// The display name of a deleted user's messages.
  public static let deletedName = "Deleted user"
  /// Rooms, messages and files per transaction of an erasure.
  private static let roomsBatchMax = 20
  private static let messagesBatchMax = 200
  private static let filesBatchMax = 500
  /// How long the request waits for the erasure; the retention job does the rest.
  private static let erasureWaitMilliseconds: Int64 = 2000

  /// Deletes the principal's account. One transaction ends the sessions and deletes the personal data; further ones delete the files,
  /// leave the rooms and rename the author of the messages, a batch at a time. Blocks while the password is checked.
  public func deleteAccount(password: String, by principal: Principal, client: String? = nil) throws {
    let refusal = ChatError(.badCredentials, "The password is wrong.")
    let credentials = try confirmed(password: password, of: principal, client, refusal)
    let user = principal.user.rowID
    // Of two concurrent requests, one deletes: the other finds its session ended.
    try commit(as: principal, .evenUnverified) { transaction in
      try Self.check(credentials, refusal, transaction)
      try AuditLog.record(.userDeleted, by: .user(user), user: user, transaction)
      try Self.beginErasure(of: user, transaction)
    }
    try waitForErasure(of: user)
  }

  /// Ends the sessions of an account and deletes the personal data.
  static func beginErasure(of user: UserRowID, _ transaction: Transaction) throws {
    let name = try Username("deleted-\(Random.id())")
    try Erasures.begin(user, username: name, displayName: deletedName, at: transaction.now, transaction)
    try Sessions.endOthers(of: user, than: nil, at: transaction.now, transaction)
    try Journal.append(.blocksChanged, by: .server, user: user, data: [], at: transaction.now, transaction)
  }

  /// Deletes the files, leaves the rooms and renames the author of the messages, as far as that takes no longer than a request may.
  func waitForErasure(of user: UserRowID) throws {
    let deadline = Clock.bootMilliseconds() + Self.erasureWaitMilliseconds
    while try eraseNext(of: user), Clock.bootMilliseconds() < deadline {}
  }

  /// Continues erasures that were not completed.
  func completeErasures() throws {
    for user in try readers.read({ try Erasures.pending(limit: 100, $0) }) {
      while try eraseNext(of: user) {}
    }
  }

  /// Executes the next batch of an erasure; safe to run concurrently. False once nothing is left.
  private func eraseNext(of user: UserRowID) throws -> Bool {
    guard let erasure = try readers.read({ try Erasures.find(user, $0) }) else { return false }
    if try commit({ try Files.remove(of: user, limit: Self.filesBatchMax, $0) }) > 0 { return true }
    if try commit({ try Self.leaveRooms(erasure.user, $0) }) { return true }
    if erasure.message < .max {
      if erasure.message == 0 { try moveTails(of: user) }
      // Read outside the transaction, so that the search does not hold the writer.
      let batch = try readers.read {
        try Messages.said(by: user, after: erasure.message, limit: Self.messagesBatchMax, $0)
      }
      try commit { transaction in
        for message in batch.messages { try Self.rename(message.id, erasure.user, transaction) }
        try Erasures.setMessage(batch.next, of: user, transaction)
      }
      return true
    }
    var writer = JSONWriter()
    writer.user(erasure.user)
    let json = writer.bytes
    let isUnfinished = try commit { transaction in
      try Erasures.redactJournal(erasure, transaction) { kind, data in
        kind.userDocument == .data ? json : JSONSplice.replacing("user", in: data, with: json) ?? data
      }
    }
    if isUnfinished { return true }
    try commit { transaction in
      try Erasures.complete(user, transaction)
      try Journal.append(.accountErased, by: .server, user: user, data: [], at: transaction.now, transaction)
    }
    return false
  }

  /// False if the user is in no room any more. Direct rooms that nobody can open again end.
  private static func leaveRooms(_ user: User, _ transaction: Transaction) throws -> Bool {
    let rooms = try Memberships.rooms(of: user.rowID, transaction.database).prefix(roomsBatchMax)
    for room in rooms {
      let role = try Memberships.role(of: user.rowID, in: room.rowID, transaction.database) ?? .member
      try removeMember(user, role, from: room.rowID, room.id, reason: "deleted", by: .server, transaction)
    }
    if rooms.isEmpty {
      for room in try Rooms.emptyDirects(of: user.rowID, transaction.database) { try end(room, by: .server, transaction) }
    }
    return !rooms.isEmpty
  }

  /// Replaces the author's names in a message, in the journal too. The text stays, the files go.
  private static func rename(_ id: MessageID, _ user: User, _ transaction: Transaction) throws {
    guard let stored = try Messages.find(id, transaction.database) else { return }
    let message = try message(stored)
    let renamed = Message(
      roomID: message.roomID, seq: message.seq, userID: message.userID, username: user.username, displayName: user.displayName,
      content: message.content, clientID: nil, replyTo: message.replyTo, mentions: message.mentions, reactions: message.reactions,
      createdAt: message.createdAt, editedAt: message.editedAt, deleted: message.deleted)
    var writer = JSONWriter(reservingBytes: stored.json.count)
    writer.message(renamed)
    try Messages.replace(id, json: writer.bytes, transaction)
    try Messages.forgetClientID(id, announcedAt: stored.position, transaction)
    try Journal.redact(id, announcedAt: stored.position, json: writer.bytes, transaction)
    // Clients see that the files are gone, and the search index forgets their names.
    guard !message.attachments.isEmpty else { return }
    try Journal.append(
      .messageEdited, by: .server, room: id.room, message: id, data: writer.bytes, at: transaction.now, transaction)
  }
}
