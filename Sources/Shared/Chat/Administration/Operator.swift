// Who does the operator's work, and the one way from them to a change.
import Domain
import SQL
import Store

/// Somebody who may do the operator's work. The verbs ask for it in the transaction of what they do.
public enum Operator: Sendable {
  /// Somebody at the command line, by the name of their account of the operating system. Who can run commands on the data directory may do
  /// anything.
  case commandLine(String)
  /// A signed-in user who is marked as an operator, for as long as they are; `address` is where the request came from.
  case user(Principal, address: String?)

  /// Whom the events that a change tells are charged to.
  var cause: EventCause {
    switch self {
    case .commandLine: .server
    case .user(let principal, _): .user(principal.user.rowID)
    }
  }

  /// The row of the signed-in user; nil at the command line.
  var userRowID: UserRowID? {
    switch self {
    case .commandLine: nil
    case .user(let principal, _): principal.user.rowID
    }
  }

  /// Who the audit says did it.
  var actor: AuditActor {
    switch self {
    case .commandLine(let name): .commandLine(name)
    case .user(let principal, _): .user(principal.user.rowID)
    }
  }

  private var address: String? { if case .user(_, let address) = self { address } else { nil } }

  /// Records in the audit what the operator did. Call in the transaction of the act.
  func record(
    _ action: AuditAction, user: UserRowID? = nil, room: PublicID? = nil, message seq: Int64? = nil, detail: String = "",
    _ transaction: Transaction
  ) throws {
    try AuditLog.record(action, by: actor, user: user, room: room, message: seq, address: address, detail: detail, transaction)
  }
}

/// How an operator names an account.
public enum AccountReference: Sendable {
  case username(String)
  case id(String)
}

/// How an operator names a room.
public enum RoomReference: Sendable {
  case id(String)
  /// Any room by its id, or a public one by its name.
  case nameOrID(String)
}

extension Chat {
  /// The operator that a signed-in user is. For everybody else what operators may see does not exist: throws `not_found`.
  public func `operator`(_ principal: Principal, address: String?) throws -> Operator {
    try readers.read { try Self.check(principal, $0) }
    return .user(principal, address: address)
  }

  private static func check(_ principal: Principal, _ database: Database) throws {
    guard try Users.isOperator(principal.user.rowID, database) else { throw ChatError.notFound }
  }

  /// Executes a change for an operator, and charges them for one event. Whether they still are one is asked for in its transaction. Blocks.
  func commit<Result: Sendable>(as operator: Operator, _ change: @escaping Change<Result>) throws -> Result {
    switch `operator` {
    case .commandLine:
      return try commit(change)
    case .user(let principal, _):
      // An operator needs no verified address: who made them one knows them.
      return try commit(as: principal, .evenUnverified) { transaction in
        try Self.check(principal, transaction.database)
        try transaction.charge(`operator`.cause)
        return try change(transaction)
      }
    }
  }

  /// Reads for an operator.
  func read<Result>(as operator: Operator, _ body: (Database) throws -> Result) throws -> Result {
    try readers.read { database in
      try database.snapshot {
        if case .user(let principal, _) = `operator` { try Self.check(principal, database) }
        return try body(database)
      }
    }
  }

  static let unknownUser = ChatError(.notFound, "There is no such user.")
  private static let systemUser = ChatError(.conflict, "This is the user in whose name the service speaks: it stays as it is.")

  /// The account that an operator names; deleted ones do not exist.
  static func account(_ reference: AccountReference, _ database: Database) throws -> Account {
    switch reference {
    case .username(let text):
      guard let account = try Users.account(try Username(text), database) else { throw unknownUser }
      return account
    case .id(let text):
      guard let id = PublicID(text), let account = try Users.account(id, database) else { throw ChatError.notFound }
      return account
    }
  }

  /// The same, for a change: the service's own user cannot be changed.
  static func changeableAccount(_ reference: AccountReference, _ database: Database) throws -> Account {
    let account = try account(reference, database)
    guard !account.isSystem else { throw systemUser }
    return account
  }

  /// The room that an operator names.
  static func room(_ reference: RoomReference, _ database: Database) throws -> Room {
    switch reference {
    case .id(let text):
      guard let id = PublicID(text), let room = try Rooms.find(id, database) else { throw ChatError.notFound }
      return room
    case .nameOrID(let text):
      if let id = PublicID(text), let room = try Rooms.find(id, database) { return room }
      return try publicRoom(text, missing: "There is no room of this id, and no public room of this name.", database)
    }
  }
}
