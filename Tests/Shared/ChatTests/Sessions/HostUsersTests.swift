// Users for whom a host application or nginx vouches: who they become here, and what ends their sessions.
import Configuration
import Domain
import HTTPSyntax
import SQL
import Store
import TestSupport
import Testing
import Wire

@testable import Auth
@testable import Chat

@Suite struct HostUsersTests {
  static let secret = "correct horse battery staple and more"
  static let issuer = "https://intranet.example"
  let directory = TemporaryDirectory()
  let clock = ManualClock()
  let fixture: ChatFixture
  var chat: Chat { fixture.chat }

  init() throws {
    let path = directory.path + "/host-secret"
    TemporaryDirectory.write(Array(Self.secret.utf8), to: path)
    fixture = try ChatFixture(clock: clock, as: .rest) {
      $0.hostApplication = HostApplication(keysPath: path, issuer: Self.issuer, audience: "chat")
    }
  }

  /// A token that is issued `age` seconds ago and lives ten minutes. `more`: further claims, each after a comma.
  private func token(_ subject: String, _ more: String = "", age: Int64 = 0, lifetime: Int64 = 600) -> String {
    let now = clock.now.milliseconds / 1000 - age
    let claims = #"{"iss":"\#(Self.issuer)","aud":"chat","sub":"\#(subject)","iat":\#(now),"exp":\#(now + lifetime)\#(more)}"#
    let message = [#"{"alg":"HS256"}"#, claims].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
    let code = HMACKey(Array(Self.secret.utf8)).authenticationCode(for: Array(message.utf8).span)
    return "\(message).\(Base64URL.encode(code))"
  }

  private func deleteAccount(of principal: Principal) throws {
    try chat.commit { try Chat.beginErasure(of: principal.user.rowID, $0) }
    try chat.waitForErasure(of: principal.user.rowID)
  }

  private func code(_ token: String) -> ChatError.Code? { refusal { try chat.authenticate(accessToken: token) }?.code }

  @Test func `a user is made at first sight, once, and joins the default rooms`() throws {
    let room = try fixture.room("Lobby", .public, by: fixture.alice)
    _ = try chat.setDefault(true, room: room)
    let more = #","preferred_username":"Carol","name":"Carol C.","email":"Carol@Example.org","email_verified":true"#
    let first = try chat.authenticate(accessToken: token("4711", more))
    #expect(first.user.username == "carol" && first.user.displayName == "Carol C.")
    let entries = try fixture.journal().count
    for _ in 0..<3 {
      let again = try chat.authenticate(accessToken: token("4711", more))
      #expect(again.user.id == first.user.id && again.session == first.session)
    }
    #expect(try fixture.journal().count == entries, "nothing more is written")
    #expect(try chat.accountExport(of: first).own?.email.address == "carol@example.org")
    #expect(try chat.accountExport(of: first).hostIdentity?.subject == "4711")
    #expect(try chat.rooms(of: first, after: nil, limit: 10).map(\.room.id.text) == [room])
    let other = try chat.authenticate(accessToken: token("4712", more))
    #expect(other.user.id != first.user.id && other.user.username.hasPrefix("carol-"))
    #expect(try chat.accountExport(of: other).own?.email.address == nil, "an address is one account's")
  }

  @Test func `an address that the user has verified stays verified, though the host application does not vouch for it`() throws {
    let carol = try chat.authenticate(accessToken: token("1", #","name":"Old","email":"c@example.org""#, age: 10))
    func email() throws -> AccountEmail? { try chat.accountExport(of: carol).own?.email }
    try chat.commit { try Users.setEmail(EmailAddress("c@example.org"), verifiedAt: $0.now, of: carol.user.rowID, $0) }
    _ = try chat.authenticate(accessToken: token("1", #","name":"New","email":"c@example.org""#, age: 5))
    #expect(try email() == AccountEmail(address: "c@example.org", isVerified: true, pending: nil))
    _ = try chat.authenticate(accessToken: token("1", #","name":"New","email":"d@example.org""#, age: 4))
    #expect(try email() == AccountEmail(address: "d@example.org", isVerified: false, pending: nil), "another address is another matter")
    #expect(try fixture.journal().contains { $0.kind == .ownAccount && $0.user == carol.user.rowID })
  }

  @Test func `a taken, reserved or impossible name becomes another one, and never somebody's account`() throws {
    for (subject, name) in [("1", "alice"), ("2", "ALICE"), ("3", "admin"), ("4", "x"), ("5", "日本"), ("6", "bob@example.org"), ("7", "")] {
      let user = try chat.authenticate(accessToken: token(subject, #","preferred_username":"\#(name)""#)).user
      #expect(user.id != fixture.alice.principal.user.id && user.id != fixture.bob.principal.user.id)
      #expect(user.username != name.lowercased() && user.username != "bob")
    }
    let nameless = try chat.authenticate(accessToken: token("8")).user
    #expect(nameless.username.hasPrefix("user"))
    // Nobody has a password that signs in to such an account.
    for password in ["", TestUser.password] {
      #expect(refusal { try chat.logIn(login: nameless.username, password: password, userAgent: "") }?.code == .badCredentials)
    }
  }

  @Test func `changed claims are taken over by the newest token, and what the user has changed stays until then`() throws {
    let (old, new) = (token("1", #","name":"Old""#, age: 10), token("1", #","name":"New","email":"n@example.org""#, age: 5))
    let user = try chat.authenticate(accessToken: old)
    #expect(user.user.displayName == "Old")
    let group = NewRoom(kind: RoomKind.group.word, name: "Carol's", topic: nil, members: [])
    _ = try chat.createRoom(group, by: user, idempotencyKey: nil)
    _ = try chat.updateProfile(displayName: "Mine", statusText: nil, by: user)
    #expect(try chat.authenticate(accessToken: old).user.displayName == "Mine")
    #expect(try chat.authenticate(accessToken: new).user.displayName == "New")
    #expect(try fixture.journal().last?.kind == .userUpdated)
    let entries = try fixture.journal().count
    for token in [old, new, old] { #expect(try chat.authenticate(accessToken: token).user.displayName == "New") }
    #expect(try fixture.journal().count == entries)
    let taken = token("1", #","name":"New","email":"n2@example.org","preferred_username":"other""#)
    let after = try chat.authenticate(accessToken: taken)
    #expect(after.user.username == user.user.username, "a user name stays")
    #expect(try chat.accountExport(of: after).own?.email.address == "n2@example.org")
  }

  @Test func `a host application changes names no more often than anybody may`() throws {
    _ = try chat.authenticate(accessToken: token("1", #","name":"Name""#, age: 100))
    for number in 1...(Chat.profileChangesMax + 5) {
      let user = try chat.authenticate(accessToken: token("1", #","name":"Name \#(number)""#, age: 100 - number)).user
      #expect(user.displayName == "Name \(min(number, Chat.profileChangesMax))")
    }
  }

  @Test func `a signed-out session stays ended for every token of before, and a later token opens another`() throws {
    let (first, second) = (token("1", age: 20), token("1", age: 1))
    let principal = try chat.authenticate(accessToken: first)
    #expect(try chat.authenticate(accessToken: second).session == principal.session, "one session")
    try chat.logOut(principal)
    for token in [first, second, token("1"), token("1", age: -5)] { #expect(code(token) == .unauthenticated) }
    clock.advance(seconds: HostTokens.leewaySeconds + 1)
    let again = try chat.authenticate(accessToken: token("1"))
    #expect(again.user.id == principal.user.id && again.session != principal.session)
    #expect(code(first) == .unauthenticated, "also beside the new session")
    #expect(code(second) == .unauthenticated)
  }

  @Test func `each session that tokens open is a sign-in in the audit, and is listed under the issuer's name`() throws {
    let user = try chat.authenticate(accessToken: token("1", #","sid":"desk""#))
    for _ in 0..<3 { _ = try chat.authenticate(accessToken: token("1", #","sid":"desk""#, age: 1)) }
    _ = try chat.authenticate(accessToken: token("1", #","sid":"phone""#))
    _ = try chat.signIn(remoteUser: "alice", userAgent: "tests", client: "192.0.2.1")
    let entries = try chat.auditEntries(about: nil, since: nil, action: .signIn, limit: 9).suffix(3)
    #expect(entries.map(\.detail) == [Self.issuer, Self.issuer, "tests"] && entries.map(\.address) == [nil, nil, "192.0.2.1"])
    #expect(entries.prefix(2).allSatisfy { $0.actor == .user(user.user.username) && $0.user == user.user.username })
    #expect(try chat.sessions(of: user).map(\.readableName) == [Self.issuer, Self.issuer])
  }

  @Test func `sessions that the host application names are told apart`() throws {
    let desk = try chat.authenticate(accessToken: token("1", #","sid":"desk""#))
    let phone = token("1", #","sid":"phone""#)
    let other = try chat.authenticate(accessToken: phone)
    #expect(desk.user.id == other.user.id && desk.session != other.session)
    #expect(try chat.sessions(of: desk).count == 2)
    try chat.endSession(desk.sessionID.text, by: other)
    #expect(code(token("1", #","sid":"desk""#)) == .unauthenticated)
    #expect(code(phone) == nil)
  }

  @Test func `a session lives as long as its newest token, and an hour`() throws {
    let user = try chat.authenticate(accessToken: token("1"))
    clock.advance(seconds: 590)
    let later = token("1", lifetime: 7200)
    #expect(try chat.authenticate(accessToken: later).session == user.session)
    clock.advance(seconds: 7199)
    try chat.sweep()
    #expect(try chat.authenticate(accessToken: later).session == user.session)
    clock.advance(seconds: 1)
    #expect(code(later) == .tokenExpired)
    clock.advance(seconds: 3600)
    try chat.sweep()
    #expect(try chat.authenticate(accessToken: token("1")).session != user.session, "one that expired was not ended")
  }

  @Test func `who is suspended stays out, and so do the tokens of before`() throws {
    let before = token("1", #","preferred_username":"carol""#)
    _ = try chat.authenticate(accessToken: before)
    #expect(try chat.suspend("carol"))
    #expect(code(before) == .suspended)
    #expect(code(token("1", #","sid":"new""#)) == .suspended)
    #expect(try chat.unsuspend("carol"))
    #expect(code(before) == .unauthenticated)
    clock.advance(seconds: HostTokens.leewaySeconds + 1)
    #expect(code(token("1")) == nil)
  }

  @Test func `a deleted account is not made again by a token of before, and by a later one as another account`() throws {
    let before = token("1", #","preferred_username":"carol","email":"c@example.org""#)
    let user = try chat.authenticate(accessToken: before)
    try deleteAccount(of: user)
    #expect(code(before) == .unauthenticated)
    try fixture.read { database in
      let rows = try database.all("SELECT coalesce(subject, '') || coalesce(issuer, '') FROM host_users") { $0.text(0) }
      #expect(rows == [Self.issuer], "whom it named is forgotten")
    }
    clock.advance(seconds: HostTokens.leewaySeconds + 1)
    let again = try chat.authenticate(accessToken: token("1", #","preferred_username":"carol""#))
    #expect(again.user.id != user.user.id && again.user.username == "carol")
  }

  @Test func `what was ended is forgotten when no token of then can be valid`() throws {
    try chat.logOut(try chat.authenticate(accessToken: token("1")))
    try deleteAccount(of: try chat.authenticate(accessToken: token("2")))
    func rows() throws -> [Int64] {
      try fixture.read { database in
        try ["host_users WHERE user_id IS NULL", "host_sessions"].map { table in
          try database.first(Statement(composing: "SELECT count(*) FROM \(table)")) { $0.integer(0) } ?? 0
        }
      }
    }
    clock.advance(seconds: HostTokens.lifetimeSecondsMax)
    try chat.sweep()
    #expect(try rows() == [1, 1])
    clock.advance(seconds: 60)
    try chat.sweep()
    #expect(try rows() == [0, 0])
  }

  @Test func `a token is revoked like one of ours`() throws {
    let token = token("1")
    try chat.endSession(ofToken: token)
    #expect(code(token) == .unauthenticated, "although it had not been used before")
    try chat.endSession(ofToken: token)
  }

  @Test func `nginx signs users in, each as themselves`() throws {
    let first = try chat.signIn(remoteUser: "alice", userAgent: "tests")
    #expect(first.user.id != fixture.alice.principal.user.id && first.user.username.hasPrefix("alice-"))
    let again = try chat.signIn(remoteUser: "alice", userAgent: "tests")
    #expect(again.user.id == first.user.id)
    let sessions = try [first, again].map { try chat.authenticate(accessToken: $0.accessToken).session }
    #expect(sessions[0] != sessions[1], "a session each")
    #expect(try chat.refresh(first.refreshToken).user.id == first.user.id)
    #expect(try chat.signIn(remoteUser: "Alice", userAgent: "").user.id != first.user.id, "names are compared by their bytes")
    // The same words of a host application are somebody else.
    #expect(try chat.authenticate(accessToken: token("alice")).user.id != first.user.id)
    for name in ["", "a\0b", "a\nb", "\u{fffd}", "a\u{85}", String(repeating: "x", count: 256)] {
      #expect(refusal { try chat.signIn(remoteUser: name, userAgent: "") }?.code == .invalidField)
    }
    #expect(try chat.suspend(first.user.username))
    #expect(refusal { try chat.signIn(remoteUser: "alice", userAgent: "") }?.code == .suspended)
  }
}
