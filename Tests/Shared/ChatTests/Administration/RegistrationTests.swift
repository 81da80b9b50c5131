// Who may register: open, by invitation, closed.
import Chat
import Configuration
import Domain
import TestSupport
import Testing

@Suite struct RegistrationTests {
  private let clock = ManualClock()
  private let fixture: ChatFixture

  init() throws { fixture = try ChatFixture(clock: clock) }

  /// A chat on the fixture's data, whose three users registered before it was closed to others.
  private func chat(_ mode: RegistrationMode) throws -> Chat {
    var settings = fixture.chat.settings
    settings.registration = mode
    return try Chat(settings: settings, clock: clock)
  }

  @discardableResult
  private func register(_ name: String, _ code: String?, _ chat: Chat, key: String? = nil) throws -> SignIn {
    try chat.register(
      username: name, password: TestUser.password, email: nil, displayName: nil, userAgent: "", idempotencyKey: key,
      registrationCode: code)
  }

  @Test func `while registration is closed, nobody registers, with a code or without, and no account is told of`() throws {
    let chat = try chat(.closed)
    defer { chat.stop() }
    let code = try chat.makeRegistrationCode(uses: nil, expiresInSeconds: nil, by: .tests).code.code.text
    for name in ["carol", "alice"] {
      for code in [nil, code] { #expect(refusal { try register(name, code, chat) }?.code == .registrationClosed) }
    }
    #expect(try fixture.chat.accounts(after: 0, limit: 9).count == 3)
    _ = try chat.makeAccount(username: "carol", by: .tests)
    _ = try chat.logIn(login: "alice", password: TestUser.password, userAgent: "")
  }

  @Test func `by invitation, a code lets in as many as it says`() throws {
    let chat = try chat(.invite)
    defer { chat.stop() }
    let code = try chat.makeRegistrationCode(uses: 2, expiresInSeconds: nil, by: .tests).code
    #expect(code.usesLeft == 2)
    #expect(refusal { try register("carol", nil, chat) }?.code == .registrationClosed)
    for wrong in ["nosuchcode", "not a code", "", String(repeating: "x", count: 99)] {
      let error = refusal { try register("alice", wrong, chat) }
      #expect(error?.code == .invalidField && error?.fields.first?.field == "registration_code", "also where the name is taken")
    }
    #expect(refusal { try register("alice", code.code.text, chat) }?.code == .usernameTaken)
    #expect(try chat.registrationCodes(after: 0, limit: 9, for: .tests).first?.usesLeft == 2, "a refusal uses nothing up")
    try register("carol", code.code.text, chat)
    try register("dave", code.code.text, chat)
    #expect(refusal { try register("erin", code.code.text, chat) }?.fields.first?.code == "unknown")
    #expect(try chat.registrationCodes(after: 0, limit: 9, for: .tests).isEmpty)
    #expect(try fixture.chat.accounts(after: 0, limit: 9).count == 5)
  }

  @Test func `a registration that is repeated under its key does not need its code twice`() throws {
    let chat = try chat(.invite)
    defer { chat.stop() }
    let code = try chat.makeRegistrationCode(uses: 1, expiresInSeconds: nil, by: .tests).code.code.text
    let first = try register("carol", code, chat, key: "k")
    #expect(try register("carol", code, chat, key: "k").user == first.user)
    #expect(refusal { try register("carol", code, chat, key: "other") }?.fields.first?.field == "registration_code")
  }

  @Test func `of many who use the last use of a code at the same time, one gets in`() throws {
    let chat = try chat(.invite)
    defer { chat.stop() }
    let code = try chat.makeRegistrationCode(uses: 1, expiresInSeconds: nil, by: .tests).code.code.text
    let outcomes = Threads.run(8) { (try? register("user\($0)", code, chat)) != nil }
    #expect(outcomes.count == 8 && outcomes.count(where: \.self) == 1)
    #expect(try fixture.chat.accounts(after: 0, limit: 99).count == 4)
  }

  @Test func `a code that has expired or was revoked lets nobody in`() throws {
    let chat = try chat(.invite)
    defer { chat.stop() }
    let short = try chat.makeRegistrationCode(uses: 9, expiresInSeconds: 60, by: .tests).code.code.text
    let long = try chat.makeRegistrationCode(uses: 9, expiresInSeconds: 61, by: .tests).code.code.text
    clock.advance(seconds: 60)
    #expect(refusal { try register("carol", short, chat) }?.code == .invalidField)
    try register("carol", long, chat)
    try chat.revokeRegistrationCode(long, by: .tests)
    #expect(refusal { try register("dave", long, chat) }?.code == .invalidField)
    #expect(refusal { try chat.revokeRegistrationCode(long, by: .tests) }?.code == .notFound)
    try chat.sweep()
    #expect(refusal { try chat.revokeRegistrationCode(short, by: .tests) }?.code == .notFound, "swept")
  }

  @Test func `codes have bounds, and a repeated request gets the same one`() throws {
    let chat = fixture.chat
    _ = try chat.setOperator(true, .username("alice"), by: .tests)
    let alice = try chat.operator(fixture.alice.principal, address: nil)
    for (uses, seconds) in [(0, nil), (10_001, nil), (nil, 59), (nil, 31_536_001), (Int64.min, nil), (nil, Int64.max)] as [(Int64?, Int64?)]
    {
      #expect(refusal { try chat.makeRegistrationCode(uses: uses, expiresInSeconds: seconds, by: alice) }?.code == .invalidField)
    }
    let first = try chat.makeRegistrationCode(uses: 3, expiresInSeconds: nil, idempotencyKey: "k", by: alice)
    let second = try chat.makeRegistrationCode(uses: 3, expiresInSeconds: nil, idempotencyKey: "k", by: alice)
    #expect(first.isNew && !second.isNew && first.code.code == second.code.code && first.code.createdBy?.text == fixture.alice.id)
    #expect(
      refusal { try chat.makeRegistrationCode(uses: 4, expiresInSeconds: nil, idempotencyKey: "k", by: alice) }?.code == .clientIDReused)
    for _ in 1..<Chat.registrationCodesMax { _ = try chat.makeRegistrationCode(uses: 1, expiresInSeconds: nil, by: .tests) }
    #expect(refusal { try chat.makeRegistrationCode(uses: 1, expiresInSeconds: nil, by: .tests) }?.code == .conflict)
  }
}
