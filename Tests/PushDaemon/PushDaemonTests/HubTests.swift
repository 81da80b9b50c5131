// Who hears of which room, against plain sets.
import Domain
import EventLoop
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct HubTests {
  private static func line(_ number: Int) -> Connection {
    Connection(Token(slot: UInt32(number), generation: 1), socket: -1, stage: .live, lastHeard: 0)
  }

  @Test func `after any coming and going every room has the people and the subscribers that sets would have`() {
    var random = SplitMix(seed: 9)
    var hub = Hub()
    let lines = (0...40).map(Self.line)
    var model: [Int64: Set<Int>] = [:]
    var wrong: [String] = []
    for step in 0..<20_000 {
      let (line, number) = (random.int(0...40), random.int64(1...12))
      if model[number]?.contains(line) == true, let room = hub[RoomRowID(number)] {
        room.unsubscribe(lines[line])
        hub.leave(room)
        model[number]?.remove(line)
      } else {
        hub.enter(RoomRowID(number), PublicID(trusted: "room\(number)")).subscribe(lines[line])
        model[number, default: []].insert(line)
      }
      guard step % 50 == 0 else { continue }
      for number in Int64(1)...12 {
        let room = hub[RoomRowID(number)]
        let heard = (room?.subscribers ?? []).map { Int($0.token.slot) }.sorted()
        if heard != (model[number] ?? []).sorted() || (room == nil) != (model[number] ?? []).isEmpty {
          wrong.append("step \(step): room \(number) has \(heard)")
        }
      }
      guard wrong.isEmpty else { break }
    }
    #expect(wrong == [])
  }

  @Test func `a room is there as long as somebody is in it, whether or not her lines hear of it`() {
    var hub = Hub()
    let lobby = hub.enter(RoomRowID(1), PublicID(trusted: "lobby"))
    #expect(hub.enter(RoomRowID(1), PublicID(trusted: "lobby")) === lobby && lobby.id.text == "lobby")
    let alice = Self.line(7)
    lobby.subscribe(alice)
    lobby.unsubscribe(Self.line(7))
    #expect(lobby.subscribers.map(\.token.slot) == [7], "another line is another one, whatever its place")
    lobby.unsubscribe(alice)
    lobby.unsubscribe(alice)
    hub.leave(lobby)
    #expect(hub[RoomRowID(1)] === lobby && lobby.subscribers.isEmpty)
    hub.leave(lobby)
    #expect(hub[RoomRowID(1)] == nil)
  }

  @Test func `a room is told of five typists in two seconds, and a crowd of none`() {
    var hub = Hub()
    let lobby = hub.enter(RoomRowID(1), PublicID(trusted: "lobby"))
    lobby.subscribe(Self.line(1))
    #expect((0..<7).map { lobby.allowsTypingNotification(at: 10_000 + $0) } == [true, true, true, true, true, false, false])
    #expect(!lobby.allowsTypingNotification(at: 11_999) && lobby.allowsTypingNotification(at: 12_000))
    for number in 2...RoomSubscribers.typingLinesMax { lobby.subscribe(Self.line(number)) }
    #expect(lobby.allowsTypingNotification(at: 20_000))
    lobby.subscribe(Self.line(0))
    #expect(!lobby.allowsTypingNotification(at: 30_000))
  }

  @Test func `the news of a room are its frames side by side, copied only if there are several`() {
    let batch = EventBatch([entry(1, .newMessage, room: 1), entry(2, .newMessage, room: 2), entry(3, .newMessage, room: 1)])
    func text(_ news: RoomSubscribers.News) -> [UInt8] {
      var bytes: [UInt8] = []
      news.withUnsafeBytes { bytes += $0 }
      return bytes
    }
    var news = RoomSubscribers.News()
    #expect(news.isEmpty && text(news) == [])
    news.append(batch.items[0].frame, of: batch)
    #expect(!news.isEmpty && text(news) == Array(batch.bytes[batch.items[0].frame]))
    news.append(batch.items[2].frame, of: batch)
    #expect(text(news) == Array(batch.bytes[batch.items[0].frame]) + Array(batch.bytes[batch.items[2].frame]))
  }
}
