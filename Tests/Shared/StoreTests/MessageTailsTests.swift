// The tails of rooms: wherever a message is, it is read as if all were in one table.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct MessageTailsTests {
  private typealias Model = MessageTailsModel

  @Test func `after any posts and changes every message is read from where it is`() throws {
    let model = try Model()
    var random = SplitMix(seed: 26)
    for number in 1...400 {
      // The first rooms are busy, the last one hardly says anything.
      let room = model.rooms[min(random.int(0...9), 9) * random.int(0...4) / 9]
      switch random.int(0...19) {
      case 0:
        if let count = model.messages[room]?.count {
          try model.replace(MessageID(room: room, seq: Int64(random.int(1...count))), with: "changed \(number)")
        }
      case 1: try model.store.write { try Messages.moveTail(of: room, $0) }
      default: try model.post("words \(number)", in: room, by: random.pick(model.users), clientID: number % 3 == 0 ? nil : "c\(number)")
      }
      if number % 57 == 0 { try model.check() }
    }
    try model.check()
    #expect(try model.count("SELECT count(*) FROM rooms WHERE tail_count > 0") > 0)
    #expect(try model.count("SELECT count(*) FROM journal WHERE data = ''") > 200, "the words are stored once")
    #expect(try model.count("SELECT count(*) FROM journal WHERE data = '' AND client_id IS NOT NULL") == 0)
  }

  @Test func `a tail has sixteen messages at most, and rooms with the same traffic move at different times`() throws {
    let model = try Model(positionsMax: 10_000)
    var moves: [Int64: Set<RoomRowID>] = [:]
    for round in Int64(1)...40 {
      for room in model.rooms {
        let before = try model.count("SELECT count(*) FROM messages")
        try model.post("x", in: room, by: model.users[0])
        if try model.count("SELECT count(*) FROM messages") > before { moves[round, default: []].insert(room) }
      }
      #expect(try model.count("SELECT max(tail_count) FROM rooms") < 16)
    }
    #expect(moves.values.allSatisfy { $0.count == 1 } && moves.count >= 10)
  }

  @Test func `a client id is found in a tail, once moved, and long after, by any writer`() throws {
    let model = try Model(positionsMax: 30)
    let (alice, bob) = (model.users[0], model.users[1])
    var ids: [String: MessageID] = [:]
    for number in 1...200 {
      let name = "c\(number)"
      ids[name] = try model.post("words", in: model.rooms[number % 5], by: alice, clientID: name)
      #expect(try model.found(author: bob, clientID: name) == nil)
      if number % 20 == 0 {
        let other = MessageTails(positionsMax: 30)
        for (name, id) in ids {
          #expect(try model.found(author: alice, clientID: name) == id)
          #expect(try model.store.write { try Messages.find(author: alice.rowID, clientID: ClientID(name), other, $0)?.id } == id)
        }
      }
    }
    #expect(try model.found(author: alice, clientID: "c201") == nil)
  }

  @Test func `what was rolled back is forgotten, and its position may become another message's`() throws {
    let model = try Model()
    let (alice, room, tails) = (model.users[0], model.rooms[0], model.tails)
    struct Refused: Error {}
    for name in ["lost", "lost", "other"] {
      #expect(throws: Refused.self) {
        try model.store.write { transaction in
          let end = try #require(try Messages.end(of: room, transaction.database))
          try Messages.append(
            Model.json("lost", at: 1), author: alice.rowID, clientID: ClientID(name), fingerprint: 7, after: end,
            at: Timestamp(milliseconds: 1), tails, transaction)
          throw Refused()
        }
      }
      #expect(try model.found(author: alice, clientID: name) == nil)
    }
    let id = try model.post("kept", in: room, by: alice, clientID: "kept")
    #expect(try model.found(author: alice, clientID: "lost") == nil)
    #expect(try model.found(author: alice, clientID: "kept") == id)
    try model.check()
  }

  @Test func `a tail moves before anything else refers to its messages`() throws {
    let model = try Model()
    let (alice, room) = (model.users[0], model.rooms[0])
    func moved() throws -> Bool { try model.count("SELECT tail_count FROM rooms WHERE id = 1") == 0 }
    let changes: [@Sendable (MessageID, Transaction) throws -> Void] = [
      { try PinnedMessages.insert($0, by: alice.rowID, at: Timestamp(milliseconds: 0), $1) },
      { try SavedMessages.insert($0, of: alice.rowID, at: Timestamp(milliseconds: 0), $1) },
      { _ = try Reports.put($0, by: alice.rowID, reason: "x", at: Timestamp(milliseconds: 0), $1) },
    ]
    for change in changes {
      let id = try model.post("x", in: room, by: alice)
      #expect(try !moved())
      try model.store.write { try change(id, $0) }
      #expect(try moved())
    }
    try model.check()
  }

  @Test func `replies are listed across the seam, in their order`() throws {
    let model = try Model(rooms: 1)
    let room = model.rooms[0]
    try model.post("question", in: room, by: model.users[0])
    for number in 1...40 { try model.post("answer \(number)", in: room, by: model.users[1], replyTo: 1) }
    let replies = try model.store.read { database in
      try database.snapshot { try Replies.list(to: MessageID(room: room, seq: 1), after: 0, limit: 100, database) }
    }
    #expect(replies.map(\.seq) == Array(2...41))
    #expect(replies.map(\.json) == model.messages[room]?.dropFirst().map(\.json))
  }

  @Test func `messages before the journal are scanned across the seam, in the order of their positions`() throws {
    let model = try Model(positionsMax: 10_000)
    var random = SplitMix(seed: 3)
    for _ in 1...200 { try model.post("x", in: random.pick(model.rooms), by: model.users[0]) }
    for limit in [1, 7, 1000] {
      let found = try model.store.read { database in
        var scan = try BackfillScan(after: 5, through: 190, database)
        var found: [Int64] = []
        while case let some = try scan.next(limit: limit, bytesMax: .max, database), !some.isEmpty { found += some.map(\.position) }
        return found
      }
      #expect(found == Array(6...190))
    }
  }

  @Test(arguments: [false, true])
  func `pruning the journal loses no message of a tail, also after the database was put back`(isPutBack: Bool) throws {
    let model = try Model(positionsMax: 10_000)
    for number in 1...100 { try model.post("x", in: model.rooms[number % 5], by: model.users[0], clientID: "c\(number)") }
    if isPutBack { try model.store.write { try HistorySections.beginAnother(epoch: "another", beyond: 0, $0) } }
    let end = Timestamp(milliseconds: 200_000)
    #expect(try model.store.write { try !Journal.moveTails(before: end, limit: 60, $0) })
    #expect(try model.store.write { try Journal.prune(before: end, limit: 97, $0) })
    for room in model.rooms {
      for (index, message) in (model.messages[room] ?? []).enumerated() {
        let found = try model.store.read { try Messages.find(MessageID(room: room, seq: Int64(index) + 1), $0) }
        #expect(found?.json == message.json)
        #expect(try model.found(author: model.users[0], clientID: try #require(message.clientID))?.seq == Int64(index) + 1)
      }
    }
  }

  @Test func `tails that pruning would cut move in portions before`() throws {
    let model = try Model(positionsMax: 10_000, rooms: 120)
    for room in model.rooms { for _ in 1...2 { try model.post("x", in: room, by: model.users[0]) } }
    let before = try model.count("SELECT count(*) FROM rooms WHERE tail_count > 0")
    var portions = 1
    while try model.store.write({ try Journal.moveTails(before: Timestamp(milliseconds: 1_000_000), limit: 5000, $0) }) { portions += 1 }
    #expect(before > 100 && portions == 3)
    #expect(try model.count("SELECT count(*) FROM rooms WHERE tail_count > 0") == 0)
    try model.check()
  }

  @Test func `a client id that is taken does not hold up a room`() throws {
    let model = try Model(positionsMax: 10_000)
    let (alice, room) = (model.users[0], model.rooms[0])
    for number in 1...3 { try model.post("x", in: room, by: alice, clientID: "c\(number)") }
    try model.store.write { transaction in
      try Messages.moveTail(of: room, transaction)
      return
    }
    for number in 4...5 { try model.post("x", in: room, by: alice, clientID: "c\(number)") }
    try model.store.write { _ = try $0.database.run("UPDATE journal SET client_id = 'c1' WHERE seq = 4") }
    try model.store.write { try Messages.moveTail(of: room, $0) }
    #expect(try model.count("SELECT count(*) FROM messages WHERE client_id IS NULL") == 1)
    #expect(try model.found(author: alice, clientID: "c5")?.seq == 5)
    try model.check()
  }

  @Test(arguments: [10, 200])
  func `the event of a message that was removed keeps what is left of it, whether or not it had words`(positionsMax: Int64) throws {
    let model = try Model(positionsMax: positionsMax)
    for number in 1...100 { try model.post("x", in: model.rooms[number % 5], by: model.users[0], clientID: "c\(number)") }
    let id = MessageID(room: model.rooms[1], seq: 1)
    let left = Array(#"{"deleted":true}"#.utf8)
    try model.store.write { transaction in
      try Messages.moveTail(of: id.room, transaction)
      try Journal.redact(id, announcedAt: 1, json: left, isRemoved: true, transaction)
      try ExpiredMessages.remove(from: id, through: id, transaction)
    }
    for number in 101...400 { try model.post("x", in: model.rooms[number % 5], by: model.users[0]) }
    let event = try model.store.read { database in try database.snapshot { try Journal.batch(after: 0, limit: 1, database).entries.first } }
    #expect(event?.kind == .newMessage && event?.data == left)
    #expect(try model.count("SELECT count(*) FROM journal WHERE position = 1 AND client_id IS NOT NULL") == 0)
    #expect(try model.found(author: model.users[0], clientID: "c1") == nil)
  }

  @Test func `no room has a tail before tails are allowed`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let room = try store.addRoom("room", by: alice)
    let tails = MessageTails()
    try store.write { try TemporaryDatabase.post(to: room, by: alice, clientID: ClientID("c1"), tails: tails, $0) }
    #expect(try store.read { try $0.first("SELECT count(*) FROM messages WHERE client_id = 'c1'") { $0.integer(0) } } == 1)
    try store.write { try MessageTails.allow($0) }
    try store.write { try TemporaryDatabase.post(to: room, by: alice, clientID: ClientID("c2"), tails: tails, $0) }
    #expect(try store.read { try $0.first("SELECT count(*) FROM messages") { $0.integer(0) } } == 1)
    #expect(try store.read { try Messages.find(MessageID(room: room, seq: 2), $0) } != nil)
  }
}
