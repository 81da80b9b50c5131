// What was said: places, pages and names.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct MessagesTests {
  static func post(
    _ store: TemporaryDatabase, _ room: RoomRowID, by author: User, clientID: String? = nil, fingerprint: Int64? = nil
  ) throws -> MessageID {
    let name = try clientID.map { try ClientID($0) }
    return try store.write {
      try TemporaryDatabase.post(to: room, by: author, clientID: name, fingerprint: fingerprint, $0)
    }
  }

  @Test func `each room counts its messages from one without gaps`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let rooms = try (1...3).map { try store.addRoom("room\($0)", by: alice) }
    var random = SplitMix(seed: 2)
    var counts: [RoomRowID: Int64] = [:]
    for _ in 0..<200 {
      let room = random.pick(rooms)
      let place = try Self.post(store, room, by: alice)
      counts[room, default: 0] += 1
      #expect(place == MessageID(room: room, seq: counts[room] ?? 0))
    }
    #expect(try store.damages() == [])
  }

  @Test func `any page of any room is that of a plain list`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let sizes = [0, 1, 2, 3, 5, 12, 0, 7]
    let rooms = try sizes.indices.map { try store.addRoom("room\($0)", by: alice) }
    // Neighbours in the table, said in any order: no page may reach into another room.
    var random = SplitMix(seed: 3)
    var waiting = zip(rooms, sizes).flatMap { room, size in [RoomRowID](repeating: room, count: size) }
    waiting.shuffle(using: &random)
    for room in waiting { _ = try Self.post(store, room, by: alice) }

    let edges: [Int64] = [.min, -1, 0, 1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 14, 100, MessageID.seqMax - 1, MessageID.seqMax, .max]
    for (room, size) in zip(rooms, sizes) {
      for limit in [1, 2, 3, 4, 5, 12, 13, 200] {
        var windows: [(MessageRange, ArraySlice<Int64>)] = []
        let all = size == 0 ? [] : Array(1...Int64(size))
        windows.append((.latest, all.suffix(limit)))
        for seq in edges {
          windows.append((.before(seq), all.filter { $0 < seq }.suffix(limit)))
          windows.append((.after(seq), all.filter { $0 > seq }.prefix(limit)))
          let older = all.filter { $0 < seq }.suffix(limit / 2)
          windows.append((.around(seq), ArraySlice(older + all.filter { $0 >= seq }.prefix(limit - limit / 2))))
        }
        for (window, expected) in windows {
          let page = try store.read { try Messages.page(of: room, window, limit: limit, $0) }
          let json = expected.map { #"{"room":\#(room.value),"seq":\#($0)}"# }.joined(separator: ",")
          let (first, last) = bounds(window, expected)
          #expect(String(decoding: page.json, as: UTF8.self) == json, "\(window) of \(size), limit \(limit)")
          #expect(page.count == expected.count)
          #expect(page.hasBefore == all.contains { $0 < first }, "\(window) of \(size), limit \(limit): before")
          #expect(page.hasAfter == all.contains { $0 > last }, "\(window) of \(size), limit \(limit): after")
        }
      }
    }
  }

  /// First and last of a page; for an empty one, the place in the room where it would be.
  private func bounds(_ window: MessageRange, _ page: ArraySlice<Int64>) -> (Int64, Int64) {
    if let first = page.first, let last = page.last { return (first, last) }
    switch window {
    case .latest: return (.max, .max)
    case .before(let seq): return (seq, seq - (seq == .min ? 0 : 1))
    case .after(let seq): return (seq + (seq == .max ? 0 : 1), seq)
    case .around(let seq): return (seq, seq)
    }
  }

  @Test func `a message is found by exactly its id and its client id`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let bob = try store.addUser("bob")
    let room = try store.addRoom("room", by: alice)
    let place = try Self.post(store, room, by: alice, clientID: "c1", fingerprint: -7)
    _ = try Self.post(store, room, by: bob, clientID: "c1")
    let found = try #require(try store.read { try Messages.find(place, $0) })
    #expect(found.id == place && found.author == alice.rowID && found.fingerprint == -7 && found.position == 1)
    #expect(try store.write { try Messages.find(author: alice.rowID, clientID: ClientID("c1"), MessageTails(), $0) }?.id == place)
    #expect(try store.write { try Messages.find(author: alice.rowID, clientID: ClientID("C1"), MessageTails(), $0) } == nil)
    for seq in [Int64.min, -1, 0, 3, MessageID.seqMax, MessageID.seqMax + 1, .max] {
      #expect(try store.read { try Messages.find(MessageID(room: room, seq: seq), $0) } == nil)
    }
    #expect(throws: StoreError.self) { try Self.post(store, room, by: alice, clientID: "c1") }
    #expect(try Self.post(store, room, by: alice).seq == 3, "the number was not used up")
  }

  @Test func `a replaced message keeps its id`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let room = try store.addRoom("room", by: alice)
    let place = try Self.post(store, room, by: alice)
    try store.write { try Messages.replace(place, json: Array("new".utf8), $0) }
    #expect(try store.read { try Messages.find(place, $0) }?.json == Array("new".utf8))
  }

  @Test func `posting access comes from the session: its user, role and suspension`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let room = try store.addRoom("room", .public, by: alice)
    let session = try SessionsTests.addSession(store, "s1", of: alice)
    let id = PublicID(trusted: "room")
    #expect(try store.read { try Messages.postingAccess(session: session, to: id, $0) }?.role == nil)
    _ = try store.write { try Memberships.insert(room, alice.rowID, role: .moderator, at: Timestamp(milliseconds: 0), $0) }
    let access = try #require(try store.read { try Messages.postingAccess(session: session, to: id, $0) })
    #expect(access.room == room && access.kind == .public && access.role == .moderator && access.user == alice && !access.isVerified)
    try store.write { try $0.database.run("UPDATE users SET email_verified_at = 1") }
    #expect(try store.read { try Messages.postingAccess(session: session, to: id, $0) }?.isVerified == true)
    #expect(try store.read { try Messages.postingAccess(session: session, to: PublicID(trusted: "none"), $0) } == nil)
    #expect(try store.read { try Messages.postingAccess(session: SessionRowID(99), to: id, $0) } == nil)
    try store.write { try $0.database.run("UPDATE users SET suspended_at = 1") }
    #expect(try store.read { try Messages.postingAccess(session: session, to: id, $0) } == nil)
    #expect(try store.read { try Sessions.state(of: session, $0) } == SessionState(isSuspended: true, isVerified: true))
  }
}
