// The operator's work on messages: reported ones, showing and deleting any, and speaking in the name of the service.
import Auth
public import Domain
import SQL
import Store
import Wire

extension Chat {
  /// Open reports of all rooms, oldest first; `cursor` is the number of the last one of the previous page.
  public func reports(after cursor: Int64, limit: Int, for operator: Operator) throws -> [Report] {
    try read(as: `operator`) { try Reports.list(after: cursor, limit: limit, $0) }
  }

  /// Resolves all reports of a message.
  public func resolveReports(of seq: Int64, in reference: RoomReference, by operator: Operator) throws {
    try commit(as: `operator`) { transaction in
      let room = try Self.room(reference, transaction.database)
      guard try Reports.delete(MessageID(room: room.rowID, seq: seq), transaction) else {
        throw ChatError(.notFound, "There is no open report of such a message.")
      }
      try `operator`.record(.reportResolvedByOperator, room: room.id, message: seq, transaction)
    }
  }

  /// A message of any room, as JSON. That an operator has seen it is recorded.
  public func message(_ seq: Int64, in reference: RoomReference, for operator: Operator) throws -> [UInt8] {
    try commit(as: `operator`) { transaction in
      let (room, stored) = try Self.message(seq, in: reference, transaction.database)
      try `operator`.record(.messageShownToOperator, room: room.id, message: seq, transaction)
      return stored.json
    }
  }

  /// Deletes a message of any room, as a moderator would. Deleting again changes nothing. Returns the message's JSON.
  public func deleteMessage(_ seq: Int64, in reference: RoomReference, by operator: Operator) throws -> [UInt8] {
    try commit(as: `operator`) { transaction in
      let (room, stored) = try Self.message(seq, in: reference, transaction.database)
      var message = try Self.message(stored)
      guard !message.deleted else { return stored.json }
      let deleter: PublicID =
        switch `operator` {
        case .commandLine: try Self.systemUser(transaction).id
        case .user(let principal, _): principal.user.id
        }
      let json = try Self.delete(stored, &message, by: deleter, `operator`.cause, transaction)
      try `operator`.record(.messageDeletedByOperator, user: stored.author, room: room.id, message: seq, transaction)
      return json
    }
  }

  private static func message(_ seq: Int64, in reference: RoomReference, _ database: Database) throws -> (Room, StoredMessage) {
    let room = try room(reference, database)
    guard let stored = try Messages.find(MessageID(room: room.rowID, seq: seq), database) else {
      throw ChatError(.notFound, "There is no such message in this room.")
    }
    return (room, stored)
  }

  /// Posts a message in a room of any kind: in the name of the service, or of a member. The same `clientID` again gets the first message.
  public func say(
    _ content: String, in reference: RoomReference, as author: AccountReference? = nil, clientID: String? = nil, by operator: Operator
  ) throws -> PostResult {
    let body = try MessageBody(content)
    let names = MentionedNames.find(in: body.text)
    let clientID = try clientID.map { try ClientID($0, field: "Idempotency-Key") }
    // Before the transaction, in which others wait.
    if clientID != nil { try noteClientIDs() }
    return try commit(as: `operator`) { [self] transaction in
      let database = transaction.database
      let room = try Self.room(reference, database)
      let user = try author.map { try Self.speaker($0, database) } ?? Self.systemUser(transaction)
      let role = try Memberships.role(of: user.rowID, in: room.rowID, database)
      guard author == nil || role != nil else { throw ChatError(.conflict, "This user is not a member of the room.") }
      let fingerprint = clientID.map { _ in Self.fingerprint(of: body, replyTo: nil, [], in: room.id) }
      if let clientID, let earlier = try Messages.find(author: user.rowID, clientID: clientID, tails, transaction) {
        guard earlier.fingerprint == fingerprint else { throw ChatError(.clientIDReused, "This key was used for another message.") }
        return PostResult(seq: earlier.id.seq, json: earlier.json, isNew: false)
      }
      guard let end = try Messages.end(of: room.rowID, database) else { throw ChatError.notFound }
      let access = PostingAccess(end: end, kind: room.kind, role: role, user: user, isVerified: true, mentions: role == nil ? 0 : 1)
      if author != nil { _ = try Self.recipient(in: access, database) }
      let posted = try append(
        body, [], mentioning: names, clientID: clientID, fingerprint: fingerprint, replyTo: nil, to: room.id, access, after: end,
        transaction)
      try `operator`.record(.saidAs, user: user.rowID, room: room.id, message: posted.seq, transaction)
      return posted
    }
  }

  /// The user in whose name an operator posts: anybody who could sign in.
  private static func speaker(_ reference: AccountReference, _ database: Database) throws -> User {
    let account = try account(reference, database)
    guard account.suspendedAt == nil else { throw ChatError(.conflict, "This user is suspended.") }
    return account.user
  }

  /// The user in whose name the service speaks. They have no password and no address, so that nobody can sign in as them. Made when they
  /// first say something; if somebody has their name already, under a similar one.
  static func systemUser(_ transaction: Transaction) throws -> User {
    if let user = try Users.system(transaction.database) { return user }
    for number in ["", "-" + Random.digits(4), "-" + Random.digits(9)] {
      let name = try Username("system\(number)")
      guard try !Users.exists(username: name, transaction.database) else { continue }
      let user = try Users.insert(
        id: PublicID(trusted: Random.id()), username: name, displayName: "System", email: nil, passwordHash: nil, at: transaction.now,
        transaction)
      try Users.setSystem(user.rowID, transaction)
      return user
    }
    throw ChatError(.conflict, "There is no free user name for the service.")
  }
}
