// The operator's verbs as the command line has them, for tests that are about something else.
public import Chat
public import Domain

extension Operator {
  public static let tests = Operator.commandLine("tests")
}

extension Chat {
  public func suspend(_ username: String) throws -> Bool { try suspend(.username(username), by: .tests) }

  public func unsuspend(_ username: String) throws -> Bool { try unsuspend(.username(username), by: .tests) }

  public func account(_ username: String) throws -> Account { try account(.username(username), for: .tests) }

  public func accounts(after cursor: Int64, limit: Int) throws -> [Account] {
    try accounts(after: cursor, limit: limit, for: .tests)
  }

  public func setDefault(_ isDefault: Bool, room nameOrID: String) throws -> Room {
    try setDefault(isDefault, room: nameOrID, by: .tests)
  }

  public func setOwner(_ username: String, room nameOrID: String) throws -> Room {
    try setOwner(username, room: nameOrID, by: .tests)
  }

  public func createPublicRoom(name: String) throws -> PublicID { try createPublicRoom(name: name, by: .tests) }
}
