// A database whose rooms have tails, beside a list of what it should have.
import Domain
import SQL
import Store
import TestSupport
import Testing

/// A database whose rooms have tails, and what it should have.
final class MessageTailsModel {
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
    for user in users {
      var (said, cursor) = ([AuthoredMessage](), Int64(0))
      while true {
        let batch = try store.read { [cursor] database in
          try database.snapshot { try Messages.said(by: user.rowID, after: cursor, limit: 7, database) }
        }
        said += batch.messages
        guard let next = batch.next else { break }
        cursor = next
      }
      let wanted = rooms.flatMap { room in
        (messages[room] ?? []).enumerated().filter { $0.element.author == user.rowID }.map {
          MessageID(room: room, seq: Int64($0.offset) + 1)
        }
      }
      #expect(said.map(\.id) == wanted)
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
