// Who hears an event: judged at the event's own place.
import Domain
import EventLoop
import Store
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct EventVisibilityTests {
  private static let alice = UserRowID(1)
  private static let session = SessionRowID(50)

  /// What Alice's line hears of these events, by position, from the rooms she is in at first.
  private func heard(_ entries: [JournalEntry], rooms first: [Int64] = [], only: Int64? = nil) -> [Int64] {
    var rooms = Dictionary(uniqueKeysWithValues: first.map { (RoomRowID($0), PublicID(trusted: "room\($0)")) })
    let batch = EventBatch(entries)
    return batch.items.filter { item in
      if case .frame = rooms.hear(item, of: batch, user: Self.alice, session: Self.session, only: only.map { RoomRowID($0) }) {
        true
      } else {
        false
      }
    }.map(\.position)
  }

  @Test func `Alice hears a room from her coming to her going, both included`() {
    let entries = [
      entry(1, .newMessage, room: 1), entry(2, .memberJoined, room: 1, user: 1), entry(3, .newMessage, room: 1),
      entry(4, .memberJoined, room: 1, user: 2), entry(5, .memberLeft, room: 1, user: 2), entry(6, .newMessage, room: 2),
      entry(7, .memberLeft, room: 1, user: 1), entry(8, .newMessage, room: 1), entry(9, .memberLeft, room: 1, user: 1),
      entry(10, .memberJoined, room: 1, user: 1), entry(11, .messageDeleted, room: 1),
    ]
    #expect(heard(entries) == [2, 3, 4, 5, 7, 10, 11])
    #expect(heard(entries, rooms: [1, 2]) == [1, 2, 3, 4, 5, 6, 7, 10, 11])
  }

  @Test func `Alice hears of the end of a room, and nothing of it after`() {
    let entries = [
      entry(1, .newMessage, room: 1), entry(2, .roomDeleted, room: 1), entry(3, .newMessage, room: 1), entry(4, .roomDeleted, room: 2),
      entry(5, .newMessage, room: 3),
    ]
    #expect(heard(entries, rooms: [1, 3]) == [1, 2, 5])
    #expect(heard(entries, rooms: [1, 3], only: 3) == [5])
  }

  @Test func `a line that is for one room hears of no other, not even of coming into it`() {
    let entries = [
      entry(1, .memberJoined, room: 2, user: 1), entry(2, .newMessage, room: 2), entry(3, .newMessage, room: 1),
      entry(4, .memberLeft, room: 2, user: 1), entry(5, .memberLeft, room: 1, user: 1), entry(6, .newMessage, room: 1),
    ]
    #expect(heard(entries, rooms: [1], only: 1) == [3, 5])
    #expect(heard(entries, rooms: [1], only: 2) == [1, 2, 4])
  }

  @Test func `what is for the daemon alone is heard by nobody`() {
    #expect(heard([entry(1, .sessionEnded, user: 2, data: "7"), entry(2, .unknown, room: 1), entry(3, .userUpdated)], rooms: [1]) == [])
  }

  @Test func `what concerns Alice alone is heard by her, and only in her rooms`() {
    let entries = [
      entry(1, .ownReceipt, room: 1, user: 1), entry(2, .ownReceipt, room: 1, user: 2), entry(3, .ownMembership, room: 2, user: 1),
      entry(4, .receipt, room: 1, user: 2),
    ]
    #expect(heard(entries, rooms: [1]) == [1, 4])
  }

  @Test func `the end of her session, and of no other, signs a line out`() {
    func outcome(_ entry: JournalEntry) -> String {
      var rooms: [RoomRowID: PublicID] = [:]
      let batch = EventBatch([entry])
      return "\(rooms.hear(batch.items[0], of: batch, user: Self.alice, session: Self.session, only: nil))"
    }
    #expect(outcome(entry(1, .sessionEnded, user: 1, data: "50")) == "signedOut")
    #expect(outcome(entry(1, .sessionEnded, user: 1, data: "51")) == "nothing")
    #expect(outcome(entry(1, .sessionEnded, user: 2, data: "50")) == "nothing")
    #expect(outcome(entry(1, .sessionEnded, user: 1, data: "x")) == "nothing")
    #expect(outcome(entry(1, .userSuspended, user: 1)) == "suspended")
    #expect(outcome(entry(1, .userSuspended, user: 2)) == "nothing")
  }

  @Test func `frames are WebSocket text with the position as id, and none for what clients do not hear of`() throws {
    let batch = EventBatch([
      entry(1, .newMessage, room: 1, data: #"{"room_id":"room1","seq":1}"#), entry(2, .sessionEnded, user: 1, data: "7"),
      entry(3, .memberJoined, room: 1, user: 1, data: #"{"room_id":"room1","user":{}}"#),
    ])
    #expect(batch.last == 3 && batch.items.map(\.frame.isEmpty) == [false, true, false])
    let text = #"{"event":"new_message","id":1,"data":{"room_id":"room1","seq":1}}"#
    #expect(Array(batch.bytes[batch.items[0].frame]) == [0x81, UInt8(text.utf8.count)] + Array(text.utf8))
    #expect(batch.items[1].session == SessionRowID(7) && batch.items[2].session == nil)
    #expect(batch.roomIDs.mapValues(\.text) == [3: "room1"])
    #expect(batch.items.map(\.frame.count).reduce(0, +) == batch.bytes.count)
  }

  @Test func `after any events, hearing one by one is what a witness writes down`() {
    var random = SplitMix(seed: 12)
    for _ in 0..<200 {
      var isIn: Set<Int64> = []
      var expected: [Int64] = []
      var entries: [JournalEntry] = []
      for position in Int64(1)...60 {
        let (room, user) = (random.int64(1...3), random.int64(1...2))
        switch random.int(0...3) {
        case 0 where user != 1 || !isIn.contains(room):
          entries.append(entry(position, .memberJoined, room: room, user: user))
          if user == 1 { isIn.insert(room) }
          if isIn.contains(room) { expected.append(position) }
        case 1:
          entries.append(entry(position, .memberLeft, room: room, user: user))
          if isIn.contains(room) { expected.append(position) }
          if user == 1 { isIn.remove(room) }
        default:
          entries.append(entry(position, .newMessage, room: room))
          if isIn.contains(room) { expected.append(position) }
        }
      }
      #expect(heard(entries) == expected)
    }
  }
}
