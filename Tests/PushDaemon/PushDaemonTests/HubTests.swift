// Which connections receive which room, against plain sets.
import Domain
import EventLoop
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct HubTests {
  private static func connection(_ number: Int) -> Connection {
    Connection(Token(slot: UInt32(number), generation: 1), socket: -1, lastReceived: 0)
  }

  @Test func `after any joins and leaves every room has the users and subscribers that sets would have`() {
    var random = SplitMix(seed: 9)
    let hub = Hub()
    let connections = (0...40).map(Self.connection)
    var model: [Int64: Set<Int>] = [:]
    var wrong: [String] = []
    for step in 0..<20_000 {
      let (index, number) = (random.int(0...40), random.int64(1...12))
      if model[number]?.contains(index) == true, let room = hub[RoomRowID(number)] {
        room.unsubscribe(connections[index])
        hub.removeUser(from: room)
        model[number]?.remove(index)
      } else {
        hub.addUser(to: RoomRowID(number), PublicID(trusted: "room\(number)")).subscribe(connections[index])
        model[number, default: []].insert(index)
      }
      guard step % 50 == 0 else { continue }
      for number in Int64(1)...12 {
        let room = hub[RoomRowID(number)]
        let found = (room?.subscribers ?? []).map { Int($0.token.slot) }.sorted()
        if found != (model[number] ?? []).sorted() || (room == nil) != (model[number] ?? []).isEmpty {
          wrong.append("step \(step): room \(number) has \(found)")
        }
      }
      guard wrong.isEmpty else { break }
    }
    #expect(wrong == [])
  }

  @Test func `a room exists as long as a user is in it, whether or not their connections receive it`() {
    let hub = Hub()
    let lobby = hub.addUser(to: RoomRowID(1), PublicID(trusted: "lobby"))
    #expect(hub.addUser(to: RoomRowID(1), PublicID(trusted: "lobby")) === lobby && lobby.id.text == "lobby")
    let alice = Self.connection(7)
    lobby.subscribe(alice)
    lobby.unsubscribe(Self.connection(7))
    #expect(lobby.subscribers.map(\.token.slot) == [7], "another connection is another one, whatever its slot")
    lobby.unsubscribe(alice)
    lobby.unsubscribe(alice)
    hub.removeUser(from: lobby)
    #expect(hub[RoomRowID(1)] === lobby && lobby.subscribers.isEmpty)
    hub.removeUser(from: lobby)
    #expect(hub[RoomRowID(1)] == nil)
  }

  @Test func `a room gets five typing notifications in two seconds, and a room with too many connections none`() {
    let hub = Hub()
    let lobby = hub.addUser(to: RoomRowID(1), PublicID(trusted: "lobby"))
    lobby.subscribe(Self.connection(1))
    #expect((0..<7).map { lobby.allowsTypingNotification(at: 10_000 + $0) } == [true, true, true, true, true, false, false])
    #expect(!lobby.allowsTypingNotification(at: 11_999) && lobby.allowsTypingNotification(at: 12_000))
    for number in 2...RoomSubscribers.typingSubscribersMax { lobby.subscribe(Self.connection(number)) }
    #expect(lobby.allowsTypingNotification(at: 20_000))
    lobby.subscribe(Self.connection(0))
    #expect(!lobby.allowsTypingNotification(at: 30_000))
  }

  @Test func `pending frames lie side by side, copied only if there are several`() {
    let batch = EventBatch([entry(1, .newMessage, room: 1), entry(2, .newMessage, room: 2), entry(3, .newMessage, room: 1)])
    func text(_ frames: PendingFrames) -> [UInt8] {
      var bytes: [UInt8] = []
      frames.withUnsafeBytes { bytes += $0 }
      return bytes
    }
    var pending = PendingFrames()
    #expect(pending.isEmpty && text(pending) == [])
    pending.append(batch.events[0].frame, of: batch.bytes)
    #expect(!pending.isEmpty && text(pending) == Array(batch.bytes[batch.events[0].frame]))
    pending.append(batch.events[2].frame, of: batch.bytes)
    #expect(text(pending) == Array(batch.bytes[batch.events[0].frame]) + Array(batch.bytes[batch.events[2].frame]))
  }
}
