// The tails of rooms: wherever a message is, it is read as if all were in one table.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct MessageTailsTests {
  /// A database whose rooms have tails, and what it should have.
  private final class Model {
    struct Message: Equatable {
      let author: UserRowID
      var json: [UInt8]
      let clientID: String?
      let position: Int64
    }

    let store: TemporaryDatabase
    let users: [User]
    let rooms: [RoomRowID]
    let tails: MessageTails
    var messages: [RoomRowID: [Message]] = [:]
    private var time: Int64 = 0

    init(positionsMax: Int64 = 40, rooms: Int = 5) throws {
      store = try TemporaryDatabase()
      let users = try ["alice", "bob", "mallory"].map { [store] in try store.addUser($0) }
      self.users = users
      self.rooms = try (1...rooms).map { [store] in try store.addRoom("room\($0)", by: users[0]) }
      tails = MessageTails(positionsMax: positionsMax)
      try store.write { try MessageTails.allow($0) }
    }

    static func json(_ words: String, at time: Int64) -> [UInt8] {
      Array(#"{"content":"\#(words)","created_at":"\#(String(decoding: Timestamp(milliseconds: time).rfc3339, as: UTF8.self))"}"#.utf8)
    }

    @discardableResult
    func post(_ words: String, in room: RoomRowID, by user: User, clientID: String? = nil, replyTo: Int64? = nil) throws -> MessageID {
      time += 1000
      let (json, now, tails) = (Self.json(words, at: time), Timestamp(milliseconds: time), tails)
      let name = try clientID.map { try ClientID($0) }
      let (id, position) = try store.write { transaction in
        let end = try #require(try Messages.end(of: room, transaction.database))
        let id = try Messages.append(
          json, author: user.rowID, clientID: name, fingerprint: 7, after: end, at: now, tails, transaction)
        if let replyTo { try Replies.insert(id, to: replyTo, transaction) }
        return (id, try #require(transaction.events.last).position)
      }
      messages[room, default: []].append(Message(author: user.rowID, json: json, clientID: clientID, position: position))
      return id
    }

    func replace(_ id: MessageID, with words: String) throws {
      time += 1000
      let json = Self.json(words, at: time)
      try store.write { try Messages.replace(id, json: json, $0) }
      messages[id.room]?[Int(id.seq) - 1].json = json
    }

    func found(author: User, clientID: String) throws -> MessageID? {
      try store.write { [tails] in try Messages.find(author: author.rowID, clientID: ClientID(clientID), tails, $0)?.id }
    }

    func count(_ sql: Statement) throws -> Int64 { try store.read { try $0.first(sql) { $0.integer(0) } ?? 0 } }

    /// Compares everything that is read by place.
    func check() throws {
      for room in rooms {
        let all = messages[room] ?? []
        for seq in 1...Int64(all.count + 1) {
          let id = MessageID(room: room, seq: seq)
          let expected = seq <= Int64(all.count) ? all[Int(seq) - 1] : nil
          let (found, position, searchable) = try store.read {
            try (Messages.find(id, $0), Messages.position(of: id.row, $0), Messages.searchable(id.row, $0))
          }
          #expect(found?.json == expected?.json && found?.author == expected?.author && found?.position == expected?.position)
          #expect(found.map { $0.id == id && $0.fingerprint == 7 } ?? (expected == nil))
          #expect(position == expected?.position && searchable?.json == expected?.json && searchable?.row == expected.map { _ in id.row })
        }
        for limit in [1, 7, 50] {
          for seq in stride(from: Int64(0), through: Int64(all.count + 2), by: 3) {
            for range in [MessageRange.latest, .before(seq), .after(seq), .around(seq)] {
              let page = try store.read { database in try database.snapshot { try Messages.page(of: room, range, limit: limit, database) } }
              let first = Int(page.firstSeq)
              let wanted = all[max(first - 1, 0)..<max(first - 1 + page.count, 0)].map { String(decoding: $0.json, as: UTF8.self) }
              #expect(String(decoding: page.json, as: UTF8.self) == wanted.joined(separator: ","))
            }
          }
        }
      }
      let events = try store.read { database in
        try database.snapshot { try Journal.batch(after: 0, limit: 10_000, bytesMax: .max, database).entries }
      }
      for event in events where event.kind == .newMessage {
        let id = try #require(event.message)
        #expect(messages[id.room]?[Int(id.seq) - 1].position == event.position)
        #expect(!event.data.isEmpty)
      }
      #expect(events.count { $0.kind == .newMessage } == messages.values.reduce(0) { $0 + $1.count })
      let faults = try store.read { database in try database.snapshot { DatabaseCheck.faults(in: database, schema: Migrator.version) } }
      #expect(faults.flatMap(\.faults) == [])
    }
  }

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

  @Test func `pruning the journal loses no message of a tail`() throws {
    let model = try Model(positionsMax: 10_000)
    for number in 1...100 { try model.post("x", in: model.rooms[number % 5], by: model.users[0], clientID: "c\(number)") }
    #expect(try model.store.write { try Journal.prune(before: Timestamp(milliseconds: 200_000), limit: 97, $0) })
    for room in model.rooms {
      for (index, message) in (model.messages[room] ?? []).enumerated() {
        let found = try model.store.read { try Messages.find(MessageID(room: room, seq: Int64(index) + 1), $0) }
        #expect(found?.json == message.json)
        #expect(try model.found(author: model.users[0], clientID: try #require(message.clientID))?.seq == Int64(index) + 1)
      }
    }
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
