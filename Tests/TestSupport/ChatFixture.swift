// A chat on a temporary directory, with three users.
public import Chat
public import Configuration
public import Domain
import Posix
public import SQL
import Store
import Wire

/// A registered user with a session.
public struct TestUser: Sendable {
  public static let password = "correct horse battery staple"

  public let signIn: SignIn
  public let principal: Principal

  public var id: String { principal.user.id.text }
}

public final class ChatFixture: Sendable {
  private let directory = TemporaryDirectory()
  public let chat: Chat
  public let alice: TestUser
  public let bob: TestUser
  public let mallory: TestUser

  /// Without rate limits unless `adjust` sets them.
  public init(
    clock: any TimeSource = SystemClock(), as role: DataDirectoryLock.Role = .command, _ adjust: (inout Settings) -> Void = { _ in }
  ) throws {
    var settings = Settings()
    settings.data = directory.path
    settings.passwordCost = .minimum
    settings.messageRate = nil
    settings.eventRate = nil
    settings.commandRate = nil
    settings.signInRateLimited = false
    (settings.roomLimits.creation, settings.roomLimits.adding) = (nil, nil)
    adjust(&settings)
    chat = try Chat(settings: settings, as: role, clock: clock)
    alice = try Self.signUp("alice", chat)
    bob = try Self.signUp("bob", chat)
    mallory = try Self.signUp("mallory", chat)
  }

  deinit { chat.stop() }

  public func signUp(_ name: String) throws -> TestUser { try Self.signUp(name, chat) }

  /// Another session of a registered user.
  public func logIn(_ name: String, password: String = TestUser.password) throws -> TestUser {
    try Self.user(try chat.logIn(login: name, password: password, userAgent: "tests"), chat)
  }

  private static func signUp(_ name: String, _ chat: Chat) throws -> TestUser {
    let signIn = try chat.register(
      username: name, password: TestUser.password, email: nil, displayName: nil, userAgent: "tests", idempotencyKey: nil)
    return try user(signIn, chat)
  }

  private static func user(_ signIn: SignIn, _ chat: Chat) throws -> TestUser {
    TestUser(signIn: signIn, principal: try chat.authenticate(accessToken: signIn.accessToken))
  }

  // MARK: Rooms

  /// A public room created by Alice and joined by `others`. Returns its public id.
  public func lobby(_ others: TestUser...) throws -> String {
    let id = try room("Lobby", .public, by: alice)
    for other in others { _ = try chat.join(id, by: other.principal) }
    return id
  }

  public func room(_ name: String, _ kind: RoomKind, by owner: TestUser, with members: [TestUser] = []) throws -> String {
    let new = NewRoom(kind: kind.word, name: name, topic: nil, members: members.map(\.id))
    return try chat.createRoom(new, by: owner.principal, idempotencyKey: nil).view.room.id.text
  }

  // MARK: Messages

  @discardableResult
  public func post(_ content: String, in room: String, by user: TestUser, clientID: String? = nil, replyTo: Int64? = nil) throws
    -> PostResult
  {
    let message = NewMessage(content: content, clientID: clientID, replyTo: replyTo)
    return try chat.commit(try chat.posting(message, to: room, session: user.principal.session))
  }

  @discardableResult
  public func edit(_ seq: Int64, in room: String, to content: String, by user: TestUser) throws -> [UInt8] {
    try chat.commit(try chat.editing(seq, in: room, content: content, session: user.principal.session))
  }

  @discardableResult
  public func delete(_ seq: Int64, in room: String, by user: TestUser) throws -> [UInt8] {
    try chat.commit(try chat.deleting(seq, in: room, session: user.principal.session))
  }

  /// Returns `me` of the room.
  @discardableResult
  public func mark(
    _ room: String, delivered: Int64? = nil, preview: Int64? = nil, read: Int64? = nil, by user: TestUser
  ) throws -> JSONValue {
    let update = try ReadMarkersUpdate(deliveredSeq: delivered, previewSeq: preview, readSeq: read)
    return try JSONValue(try chat.updateReadMarkers(update, in: room, session: user.principal.session))
  }

  @discardableResult
  public func react(_ emoji: String, to seq: Int64, in room: String, by user: TestUser) throws -> [UInt8] {
    try chat.commit(try chat.reacting(with: emoji, to: seq, in: room, session: user.principal.session))
  }

  @discardableResult
  public func unreact(_ emoji: String, to seq: Int64, in room: String, by user: TestUser) throws -> [UInt8] {
    try chat.commit(try chat.unreacting(with: emoji, to: seq, in: room, session: user.principal.session))
  }

  // MARK: The database

  /// The whole journal.
  public func journal() throws -> [JournalEntry] {
    try read { try Journal.batch(after: 0, limit: 1_000_000, bytesMax: .max, $0).entries }
  }

  public func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try body(try Database(path: chat.settings.databasePath, access: .reader))
  }
}

/// The ChatError that `body` throws, or nil.
public func refusal<Ignored>(of body: () throws -> Ignored) -> ChatError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? ChatError
  }
}
