// Devices, their tokens and their tickets.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct SessionsTests {
  static func hash(_ text: String) -> [UInt8] { Array((text + String(repeating: ".", count: 32)).utf8.prefix(32)) }

  private static func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

  /// A session that stands from 0 to 1000 ms, with its id for a refresh token.
  static func addSession(_ store: TemporaryDatabase, _ id: String, of user: User, userAgent: String = "tests") throws -> SessionRowID {
    try store.write { transaction in
      try Sessions.insert(
        id: PublicID(trusted: id), user: user.rowID, refreshHash: hash(id), device: Device(userAgent: userAgent, name: nil, address: nil),
        at: time(0), expiresAt: time(1000), transaction)
    }
  }

  static func exchange(_ store: TemporaryDatabase, _ session: SessionRowID, _ old: String, _ new: String, at now: Int64 = 10) throws {
    try store.write {
      try RefreshTokens.exchange(hash(old), of: session, for: hash(new), at: time(now), expiresAt: time(2000), $0)
    }
  }

  private static func token(_ store: TemporaryDatabase, _ token: String, at now: Int64 = 20) throws -> String {
    switch try store.read({ try RefreshTokens.find(hash(token), at: time(now), $0) }) {
    case .valid(let holder): "valid of \(holder.sessionID.text)"
    case .spent(let holder): "spent of \(holder.sessionID.text)"
    case nil: "unknown"
    }
  }

  @Test func `a refresh token is valid until a successor is used, then spent for ever, and unknown once the session has ended`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let session = try Self.addSession(store, "s1", of: alice)
    #expect(try Self.token(store, "s1") == "valid of s1")
    try Self.exchange(store, session, "s1", "s1b")
    #expect(try Self.token(store, "s1") == "valid of s1")
    try Self.exchange(store, session, "s1b", "s1c")
    #expect(try Self.token(store, "s1") == "spent of s1")
    #expect(try Self.token(store, "s1b") == "valid of s1")
    #expect(try Self.token(store, "s1c", at: 1999) == "valid of s1")
    #expect(try Self.token(store, "s1c", at: 2000) == "unknown")
    #expect(try Self.token(store, "other") == "unknown")
    try store.write { try Sessions.end(session, of: alice.rowID, at: Self.time(30), $0) }
    for token in ["s1", "s1b", "s1c"] { #expect(try Self.token(store, token) == "unknown") }
    #expect(try store.read { try $0.first("SELECT count(*) FROM spent_refresh_tokens") { $0.integer(0) } } == 0)
  }

  @Test func `a session is valid until the millisecond in which it expires`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let session = try Self.addSession(store, "s1", of: alice)
    let id = PublicID(trusted: "s1")
    let holder = try #require(try store.read { try Sessions.find(id, at: Self.time(999), $0) })
    #expect(holder.session == session && holder.user == alice && !holder.isSuspended)
    #expect(try store.read { try Sessions.find(id, at: Self.time(1000), $0) } == nil)
    try store.write { try $0.database.run("UPDATE users SET suspended_at = 5") }
    #expect(try store.read { try Sessions.find(id, at: Self.time(0), $0) }?.isSuspended == true)
    try store.write { try Sessions.sweep(at: Self.time(999), $0) }
    #expect(try store.read { try Sessions.find(id, at: Self.time(0), $0) } != nil)
    try store.write { try Sessions.sweep(at: Self.time(1000), $0) }
    #expect(try store.read { try Sessions.find(id, at: Self.time(0), $0) } == nil)
  }

  @Test func `a ticket works once, and not after its expiry or its session's end`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let session = try Self.addSession(store, "s1", of: alice)
    for name in ["t1", "t2", "t3"] {
      try store.write { try Sessions.insertTicket(hash: Self.hash(name), session: session, expiresAt: Self.time(30), $0) }
    }
    func take(_ name: String, at now: Int64) throws -> String? {
      try store.write { try Sessions.takeTicket(hash: Self.hash(name), at: Self.time(now), $0) }?.sessionID.text
    }
    #expect(try take("t1", at: 29) == "s1")
    #expect(try take("t1", at: 29) == nil)
    #expect(try take("t2", at: 30) == nil)
    #expect(try take("t2", at: 29) == nil, "it was used up by being shown too late")
    #expect(try take("none", at: 0) == nil)
    try store.write { try Sessions.end(session, of: alice.rowID, at: Self.time(5), $0) }
    #expect(try take("t3", at: 6) == nil)
  }

  @Test func `ending the other sessions keeps one, appends an event for each, and affects no other user`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let bob = try store.addUser("bob")
    let mine = try ["a1", "a2", "a3"].map { try Self.addSession(store, $0, of: alice) }
    _ = try Self.addSession(store, "b1", of: bob)
    try store.write { try Sessions.endOthers(of: alice.rowID, than: mine[1], at: Self.time(5), $0) }
    #expect(try store.read { try Sessions.list(of: alice.rowID, at: Self.time(5), $0) }.map(\.rowID) == [mine[1]])
    #expect(try store.read { try Sessions.list(of: bob.rowID, at: Self.time(5), $0) }.count == 1)
    let ended = try store.read { try Journal.batch(after: 0, limit: 10, $0).entries }
    #expect(ended.allSatisfy { $0.kind == .sessionEnded && $0.user == alice.rowID && $0.room == nil })
    #expect(ended.map(\.session) == [mine[0], mine[2]])
    try store.write { try Sessions.endOthers(of: alice.rowID, than: nil, at: Self.time(6), $0) }
    #expect(try store.read { try Sessions.list(of: alice.rowID, at: Self.time(5), $0) }.isEmpty)
  }

  @Test func `sessions are listed by their last use, without expired ones`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let first = try Self.addSession(store, "a1", of: alice)
    _ = try Self.addSession(store, "a2", of: alice)
    #expect(try store.read { try Sessions.list(of: alice.rowID, at: Self.time(5), $0) }.map(\.id.text) == ["a2", "a1"])
    try Self.exchange(store, first, "a1", "a1b")
    let devices = try store.read { try Sessions.list(of: alice.rowID, at: Self.time(5), $0) }
    #expect(devices.map(\.id.text) == ["a1", "a2"])
    #expect(devices[0].usedAt == Self.time(10) && devices[0].expiresAt == Self.time(2000) && devices[0].createdAt == Self.time(0))
    #expect(try store.read { try Sessions.list(of: alice.rowID, at: Self.time(1500), $0) }.map(\.id.text) == ["a1"])
  }

  @Test(arguments: [String(repeating: "x", count: 500), String(repeating: "e\u{301}\u{302}", count: 300), "", "nul\u{0}", "😀"])
  func `any user agent can sign in`(userAgent: String) throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    _ = try Self.addSession(store, "s1", of: alice, userAgent: userAgent)
    let kept = try store.read { try Sessions.list(of: alice.rowID, at: Self.time(0), $0) }[0].userAgent
    #expect(userAgent.hasPrefix(kept) || Array(userAgent.unicodeScalars).starts(with: kept.unicodeScalars))
  }
}
