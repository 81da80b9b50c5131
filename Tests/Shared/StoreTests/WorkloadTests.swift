// A day's work at random, on several threads: the file is whole afterwards.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct WorkloadTests {
  struct Oops: Error {}

  @Test func `after a random workload of two programs the file is sound and all counts agree`() throws {
    let store = try TemporaryDatabase()
    let users = try (0..<6).map { try store.addUser("user\($0)") }
    let rooms = try (0..<4).map { try store.addRoom("room\($0)", by: users[0]) }
    for (index, user) in users.enumerated() { _ = try SessionsTests.addSession(store, "s\(index)", of: user) }
    let other = try GroupCommit(path: store.path) { _ in }
    let done = Threads.run(4) { thread -> Int in
      var random = SplitMix(seed: UInt64(thread))
      let writer = thread % 2 == 0 ? store.writer : other
      return (0..<150).filter { round -> Bool in
        let (user, room, kind) = (random.pick(users), random.pick(rooms), random.int(0...6))
        let fails = random.int(0...4) == 0
        return
          (try? writer.perform { transaction -> Void in
            try Self.step(kind, user, room, "\(thread)-\(round)", transaction)
            if fails { throw Oops() }
          }) != nil
      }.count
    }
    other.stop()
    #expect(done.allSatisfy { $0 > 50 })
    #expect(try store.damages() == [])

    let database = try Database(path: store.path, access: .reader)
    let miscounted = try database.all(
      "SELECT id FROM rooms WHERE member_count <> (SELECT count(*) FROM memberships WHERE room_id = rooms.id)"
    ) { $0.integer(0) }
    let misnumbered = try database.all(
      "SELECT id FROM rooms WHERE last_seq <> (SELECT count(*) FROM messages WHERE messages.id >> 32 = rooms.id)"
    ) { $0.integer(0) }
    let misplaced = try database.all(
      "SELECT id FROM rooms WHERE last_position <> (SELECT ifnull(max(position), 0) FROM journal WHERE room_id = rooms.id)"
    ) { $0.integer(0) }
    let untold = try database.all(
      "SELECT id FROM messages WHERE position NOT IN (SELECT position FROM journal WHERE data = messages.json)"
    ) { $0.integer(0) }
    #expect(miscounted == [] && misnumbered == [] && misplaced == [] && untold == [])
    let positions = try database.all("SELECT position FROM journal ORDER BY position") { $0.integer(0) }
    #expect(positions == Array(1...Int64(positions.count)))
    #expect(positions.count > 200)
  }

  private static func step(_ kind: Int, _ user: User, _ room: RoomRowID, _ name: String, _ transaction: Transaction) throws {
    let zero = Timestamp(milliseconds: 0)
    switch kind {
    case 0:
      guard try Memberships.insert(room, user.rowID, role: .member, at: zero, transaction) else { return }
      try Journal.append(.memberJoined, by: .server, room: room, user: user.rowID, data: [], at: zero, transaction)
    case 1:
      guard try Memberships.delete(room, user.rowID, transaction) else { return }
      try Journal.append(.memberLeft, by: .server, room: room, user: user.rowID, data: [], at: zero, transaction)
    case 2:
      try Journal.append(.userUpdated, by: .server, user: user.rowID, data: [], at: zero, transaction)
    default:
      guard let end = try Messages.end(of: room, transaction.database) else { return }
      try Messages.append(
        Array(name.utf8), author: user.rowID, clientID: ClientID(name), fingerprint: nil, after: end, at: zero, MessageTails(), transaction)
    }
  }
}
