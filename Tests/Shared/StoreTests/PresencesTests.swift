// Recorded presence and its lease.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct PresencesTests {
  private let store: TemporaryDatabase
  private let (alice, bob, mallory): (User, User, User)
  private let lobby: RoomRowID

  /// Alice and Bob are in the lobby, Mallory is nowhere.
  init() throws {
    store = try TemporaryDatabase()
    (alice, bob, mallory) = (try store.addUser("alice"), try store.addUser("bob"), try store.addUser("mallory"))
    lobby = try store.addRoom("lobby", by: alice)
    for user in [alice, bob] { try admit(user) }
  }

  private func admit(_ user: User) throws {
    let lobby = lobby
    _ = try store.write { try Memberships.insert(lobby, user.rowID, role: .member, at: time(0), $0) }
  }

  private func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1000) }

  private func record(_ user: User, _ state: PresenceState, at seconds: Int64) throws {
    let record = PresenceRecord(user: user.rowID, state: state, lastSeenAt: time(seconds))
    try store.write { try Presences.put([record], $0) }
  }

  private func renew(at seconds: Int64, until end: Int64) throws {
    let (now, end) = (time(seconds), time(end))
    try store.write { try Presences.renewLease(at: now, until: end, $0) }
  }

  private func seen(_ user: User, by viewer: User, at seconds: Int64) throws -> Presence {
    try store.read { try Presences.find(user.rowID, for: viewer.rowID, at: time(seconds), $0) }
  }

  private func online(for viewer: User, after user: Int64 = 0, limit: Int = 10, at seconds: Int64) throws -> [String] {
    try store.read { try Presences.online(for: viewer.rowID, after: user, limit: limit, at: time(seconds), $0) }.map {
      "\($0.user.username) \($0.presence.state.word)"
    }
  }

  @Test func `Alice sees that Bob is online; once the lease has expired, last_seen is its last renewal`() throws {
    #expect(try seen(bob, by: alice, at: 1) == .unknown)
    try record(bob, .active, at: 1)
    try renew(at: 2, until: 10)
    #expect(try seen(bob, by: alice, at: 9) == Presence(state: .active, lastSeenAt: time(2)))
    #expect(try online(for: alice, at: 9) == ["bob active"])
    #expect(try seen(bob, by: alice, at: 10) == Presence(state: .offline, lastSeenAt: time(2)))
    #expect(try online(for: alice, at: 10) == [])
  }

  @Test func `an idle or offline user was last seen when they became so, however fresh the lease`() throws {
    try record(bob, .idle, at: 1)
    try renew(at: 5, until: 100)
    #expect(try seen(bob, by: alice, at: 6) == Presence(state: .idle, lastSeenAt: time(1)))
    try record(bob, .offline, at: 7)
    try renew(at: 8, until: 100)
    #expect(try seen(bob, by: alice, at: 9) == Presence(state: .offline, lastSeenAt: time(7)))
    #expect(try online(for: alice, at: 9) == [])
  }

  @Test func `Mallory does not see the presence of Bob until they share a room`() throws {
    try record(bob, .active, at: 1)
    try record(mallory, .idle, at: 1)
    try renew(at: 1, until: 100)
    #expect(try seen(bob, by: mallory, at: 2) == .unknown && online(for: mallory, at: 2) == [])
    #expect(try seen(mallory, by: mallory, at: 2).state == .idle, "users may see their own presence")
    try admit(mallory)
    #expect(try seen(bob, by: mallory, at: 2).state == .active)
    #expect(try online(for: mallory, at: 2) == ["bob active", "mallory idle"])
    #expect(try online(for: mallory, after: bob.rowID.value, limit: 1, at: 2) == ["mallory idle"])
  }

  @Test func `a new daemon adopts a valid lease, and sets everyone offline once it has expired`() throws {
    try record(alice, .idle, at: 1)
    try record(bob, .active, at: 2)
    try record(mallory, .offline, at: 3)
    try renew(at: 4, until: 10)
    func adoptLease(at seconds: Int64) throws -> [String] {
      let now = time(seconds)
      return try store.write { try Presences.adoptLease(at: now, $0) }.map {
        "\($0.user.value) \($0.state.word) \($0.lastSeenAt.milliseconds)"
      }
    }
    #expect(try adoptLease(at: 9) == ["\(alice.rowID.value) idle 1000", "\(bob.rowID.value) active 2000"])
    #expect(try adoptLease(at: 10) == [])
    try renew(at: 20, until: 100)
    #expect(try online(for: alice, at: 21) == [])
    #expect(try seen(bob, by: alice, at: 21) == Presence(state: .offline, lastSeenAt: time(4)))
    #expect(try seen(mallory, by: mallory, at: 21) == Presence(state: .offline, lastSeenAt: time(3)))
  }

  @Test func `nothing is recorded for a user without an account`() throws {
    try store.write { try Presences.put([PresenceRecord(user: UserRowID(99), state: .active, lastSeenAt: Timestamp(milliseconds: 1))], $0) }
    #expect(try store.read { try $0.first("SELECT count(*) FROM presence") { $0.integer(0) } } == 0)
    #expect(try store.damages() == [])
  }
}
