// Which events a user receives, decided at the event's own position.
import Domain
import EventLoop
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct EventVisibilityTests {
  private static let alice = UserRowID(1)
  private static let session = SessionRowID(50)

  private static func cursor(rooms: [Int64] = [], only: Int64? = nil) -> MembershipCursor {
    MembershipCursor(
      user: alice, session: session, roomFilter: only.map { RoomRowID($0) },
      rooms: Dictionary(uniqueKeysWithValues: rooms.map { (RoomRowID($0), PublicID(trusted: "room\($0)")) }))
  }

  /// The positions that Alice's connection receives, from the initial rooms.
  private func received(_ entries: [JournalEntry], rooms: [Int64] = [], only: Int64? = nil) -> [Int64] {
    var cursor = Self.cursor(rooms: rooms, only: only)
    let batch = EventBatch(entries)
    return batch.events.filter { cursor.decide($0, of: batch) == .send }.map(\.position)
  }

  @Test func `Alice receives a room's events from joining to leaving, both included`() {
    let entries = [
      entry(1, .newMessage, room: 1), entry(2, .memberJoined, room: 1, user: 1), entry(3, .newMessage, room: 1),
      entry(4, .memberJoined, room: 1, user: 2), entry(5, .memberLeft, room: 1, user: 2), entry(6, .newMessage, room: 2),
      entry(7, .memberLeft, room: 1, user: 1), entry(8, .newMessage, room: 1), entry(9, .memberLeft, room: 1, user: 1),
      entry(10, .memberJoined, room: 1, user: 1), entry(11, .messageDeleted, room: 1),
    ]
    #expect(received(entries) == [2, 3, 4, 5, 7, 10, 11])
    #expect(received(entries, rooms: [1, 2]) == [1, 2, 3, 4, 5, 6, 7, 10, 11])
  }

  @Test func `a cursor passes over no room of Alice's, also not one that Alice has just joined, and over nearly all others`() {
    var cursor = Self.cursor(rooms: [3, 64, 1003])
    let batch = EventBatch([entry(1, .memberJoined, room: 70, user: 1)])
    #expect(!cursor.mayBeIn(RoomRowID(70)))
    _ = cursor.decide(batch.events[0], of: batch)
    #expect([3, 64, 70, 1003].allSatisfy { cursor.mayBeIn(RoomRowID($0)) })
    #expect((1...1000).count { cursor.mayBeIn(RoomRowID($0)) } < 70)
  }

  @Test func `Alice receives the deletion of a room, and nothing of it afterwards`() {
    let entries = [
      entry(1, .newMessage, room: 1), entry(2, .roomDeleted, room: 1), entry(3, .newMessage, room: 1), entry(4, .roomDeleted, room: 2),
      entry(5, .newMessage, room: 3),
    ]
    #expect(received(entries, rooms: [1, 3]) == [1, 2, 5])
    #expect(received(entries, rooms: [1, 3], only: 3) == [5])
  }

  @Test func `a connection for one room receives no other, not even its own joining of it`() {
    let entries = [
      entry(1, .memberJoined, room: 2, user: 1), entry(2, .newMessage, room: 2), entry(3, .newMessage, room: 1),
      entry(4, .memberLeft, room: 2, user: 1), entry(5, .memberLeft, room: 1, user: 1), entry(6, .newMessage, room: 1),
    ]
    #expect(received(entries, rooms: [1], only: 1) == [3, 5])
    #expect(received(entries, rooms: [1], only: 2) == [1, 2, 4])
  }

  @Test func `events for the daemon alone are received by nobody`() {
    #expect(received([entry(1, .sessionEnded, user: 2, data: "7"), entry(2, .unknown, room: 1), entry(3, .userUpdated)], rooms: [1]) == [])
  }

  @Test func `an invitation of Alice is received by Alice, though it is about no room of hers, but not where one room is asked for`() {
    let entries = [entry(1, .invited, user: 1), entry(2, .invited, user: 2), entry(3, .preferencesUpdated, user: 1)]
    #expect(received(entries) == [1, 3] && received(entries, rooms: [1]) == [1, 3])
    #expect(received(entries, rooms: [1], only: 1) == [])
  }

  @Test func `events for Alice alone are received by Alice, and only in Alice's rooms`() {
    let entries = [
      entry(1, .ownReceipt, room: 1, user: 1), entry(2, .ownReceipt, room: 1, user: 2), entry(3, .ownMembership, room: 2, user: 1),
      entry(4, .receipt, room: 1, user: 2),
    ]
    #expect(received(entries, rooms: [1]) == [1, 4])
  }

  @Test func `the end of its session, and of no other, ends a connection`() {
    func outcome(_ entry: JournalEntry) -> String {
      var cursor = Self.cursor()
      let batch = EventBatch([entry])
      return "\(cursor.decide(batch.events[0], of: batch))"
    }
    #expect(outcome(entry(1, .sessionEnded, user: 1, data: "50")) == "endSession")
    #expect(outcome(entry(1, .sessionEnded, user: 1, data: "51")) == "skip")
    #expect(outcome(entry(1, .sessionEnded, user: 2, data: "50")) == "skip")
    #expect(outcome(entry(1, .sessionEnded, user: 1, data: "x")) == "skip")
    #expect(outcome(entry(1, .userSuspended, user: 1)) == "suspend")
    #expect(outcome(entry(1, .userSuspended, user: 2)) == "skip")
  }

  @Test func `frames are WebSocket text with the cursor of the position as id, and empty for events that no client receives`() throws {
    let batch = EventBatch([
      entry(1, .newMessage, room: 1, data: #"{"room_id":"room1","seq":1}"#), entry(2, .sessionEnded, user: 1, data: "7"),
      entry(3, .memberJoined, room: 1, user: 1, data: #"{"room_id":"room1","user":{}}"#),
    ])
    #expect(batch.last == 3 && batch.events.map(\.frame.isEmpty) == [false, true, false])
    let text = #"{"event":"new_message","id":8192,"data":{"room_id":"room1","seq":1}}"#
    #expect(Array(batch.bytes[batch.events[0].frame]) == [0x81, UInt8(text.utf8.count)] + Array(text.utf8))
    #expect(batch.events[1].session == SessionRowID(7) && batch.events[2].session == nil)
    #expect(batch.roomIDs.mapValues(\.text) == [3: "room1"])
    #expect(batch.events.map(\.frame.count).reduce(0, +) == batch.bytes.count)
  }

  @Test func `after any events, the decisions one by one are those of a simple model`() {
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
      #expect(received(entries) == expected)
    }
  }
}
