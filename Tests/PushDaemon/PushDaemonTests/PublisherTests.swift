// The publisher: every event to each connection that may receive it, in order, once.
import Domain
import Posix
import TestSupport
import Testing
import WebSocket

@testable import PushDaemon

@Suite struct PublisherTests {
  private let fixture = DeliveryFixture()

  @Test func `all subscribers of a room receive its messages in one write, and nobody else receives any`() {
    let (alice, bob, mallory) = (fixture.live(1, rooms: [1]), fixture.live(2, rooms: [1, 2]), fixture.live(3, rooms: [2]))
    fixture.publish((Int64(1)...3).map { entry($0, .newMessage, room: 1) })
    #expect(alice.writes().map(TestPeer.positions) == [[1, 2, 3]])
    #expect(bob.writes().map(TestPeer.positions) == [[1, 2, 3]])
    #expect(mallory.writes().isEmpty)
  }

  @Test func `delivered frames and open connections are counted`() {
    let (alice, bob) = (fixture.live(1, rooms: [1, 2]), fixture.live(2, rooms: [2]))
    fixture.publish([entry(1, .newMessage, room: 2), entry(2, .newMessage, room: 1), entry(3, .newMessage, room: 2)])
    #expect(fixture.io.metrics.frames.value == alice.positions().count + bob.positions().count)
    fixture.publish([entry(4, .newMessage, room: 2), entry(5, .memberJoined, room: 1, user: 2), entry(6, .newMessage, room: 1)])
    #expect(fixture.io.metrics.frames.value == 5 + alice.positions().count + bob.positions().count)
    #expect(fixture.io.metrics.accepted.value == 2 && fixture.io.metrics.open.value == 2)
  }

  @Test func `a connection in several busy rooms receives them merged in the order of positions`() {
    let (alice, bob) = (fixture.live(1, rooms: [1, 2]), fixture.live(2, rooms: [2]))
    fixture.publish([
      entry(1, .newMessage, room: 2), entry(2, .newMessage, room: 1), entry(3, .newMessage, room: 3), entry(4, .newMessage, room: 2),
    ])
    #expect(alice.writes().map(TestPeer.positions) == [[1, 2, 4]])
    #expect(bob.positions() == [1, 4])
  }

  @Test func `several batches of one iteration are one write`() {
    let alice = fixture.live(1, rooms: [1])
    fixture.publisher.publish([batch(1...2), batch(3...3)])
    #expect(alice.writes().map(TestPeer.positions) == [[1, 2, 3]])
  }

  @Test func `a connection for one room receives no other`() {
    let (alice, phone) = (fixture.live(1, rooms: [1, 2]), fixture.live(1, rooms: [1, 2], only: 2))
    fixture.publish([entry(1, .newMessage, room: 1), entry(2, .newMessage, room: 2)])
    #expect(alice.positions() == [1, 2] && phone.positions() == [2])
  }

  @Test func `an event for one user is received by all their connections and nobody else`() {
    let (alice, phone, bob) = (fixture.live(1, rooms: [1]), fixture.live(1, rooms: [1]), fixture.live(2, rooms: [1]))
    fixture.publish([entry(1, .newMessage, room: 1), entry(2, .ownReceipt, room: 1, user: 1), entry(3, .newMessage, room: 1)])
    #expect(alice.positions() == [1, 2, 3] && phone.positions() == [1, 2, 3] && bob.positions() == [1, 3])
  }

  @Test func `Alice receives a room from the time of joining, and presence learns of it`() {
    let (alice, bob) = (fixture.live(1, rooms: [1]), fixture.live(2, rooms: [2]))
    fixture.publish([entry(1, .newMessage, room: 2), entry(2, .memberJoined, room: 2, user: 1), entry(3, .newMessage, room: 2)])
    #expect(alice.positions() == [2, 3] && bob.positions() == [1, 2, 3])
    #expect(fixture.log.suffix(1) == ["joined 1"])
    fixture.publish([entry(4, .newMessage, room: 2), entry(5, .newMessage, room: 1)])
    #expect(alice.positions() == [4, 5])
  }

  @Test func `Mallory, removed from the Lobby, receives nothing more of it`() {
    let (alice, mallory) = (fixture.live(1, rooms: [1]), fixture.live(3, rooms: [1, 2]))
    fixture.publish([entry(1, .newMessage, room: 1), entry(2, .memberLeft, room: 1, user: 3), entry(3, .newMessage, room: 1)])
    #expect(mallory.positions() == [1, 2] && alice.positions() == [1, 2, 3])
    fixture.publish([entry(4, .newMessage, room: 1), entry(5, .newMessage, room: 2)])
    #expect(mallory.positions() == [5] && alice.positions() == [4])
    #expect(fixture.log.allSatisfy { !$0.hasPrefix("joined") })
  }

  @Test func `the deletion of a room is received by its members, who stay in their other rooms`() {
    let alice = fixture.live(1, rooms: [1, 2])
    fixture.publish([entry(1, .roomDeleted, room: 1), entry(2, .newMessage, room: 2)])
    #expect(alice.positions() == [1, 2])
    #expect(fixture.hub[RoomRowID(1)] == nil && fixture.hub[RoomRowID(2)]?.subscribers.count == 1)
  }

  @Test func `the end of a session closes its connections at its place in the order, and no other`() {
    let (alice, bob) = (fixture.live(1, rooms: [1]), fixture.live(2, rooms: [1]))
    let ended = entry(2, .sessionEnded, user: 1, data: "101")
    fixture.publish([entry(1, .newMessage, room: 1), ended, entry(3, .newMessage, room: 1)])
    let frames = alice.frames()
    #expect(TestPeer.positions(frames) == [1] && frames.last == "close 4001 signed out")
    #expect(bob.positions() == [1, 3])
    #expect(fixture.hub[RoomRowID(1)]?.subscribers.count == 1)
  }

  @Test func `a suspension closes all connections of the user`() {
    let peers = [fixture.live(1, rooms: [1]), fixture.live(1, rooms: [1], only: 1)]
    fixture.publish([entry(1, .userSuspended, user: 1)])
    #expect(peers.map { $0.frames() } == [["close 4003 suspended"], ["close 4003 suspended"]])
    #expect(fixture.hub.rooms.isEmpty && fixture.hub.users.count == 1, "until the sockets are closed, the user is connected")
  }

  @Test func `a reply of the same iteration and the events are one write`() {
    let alice = fixture.live(1, rooms: [1])
    fixture.io.sendText(alice.connection, Array("ok".utf8))
    fixture.publish([entry(1, .newMessage, room: 1)])
    let writes = alice.writes()
    #expect(writes.count == 1 && writes[0].first == "ok" && TestPeer.positions(writes[0]) == [1])
  }

  @Test func `a peer that does not read is closed once its send buffer is full, and the others go on`() {
    let fixture = DeliveryFixture(sendBufferBytesMax: 30_000)
    let slow = fixture.live(1, rooms: [1], peer: TestPeer(sendBytes: 4096, isStream: true))
    let bob = fixture.live(2, rooms: [1])
    let content = String(repeating: "x", count: 1000)
    for position in Int64(1)...200 {
      fixture.publish([entry(position, .newMessage, room: 1, data: #"{"content":"\#(content)"}"#)])
      #expect(bob.positions() == [position])
    }
    #expect(fixture.io.metrics.count(of: .tooSlow) == 1)
    #expect(slow.connection.phase == .closing && slow.connection.unsentBytes < 40_000)
    #expect(fixture.hub[RoomRowID(1)]?.subscribers.count == 1)
  }

  @Test func `a connection that catches up receives what is published meanwhile, once and in order`() {
    let replayed = DeliveryFixture(position: 10)
    // It has read the database up to 12, which this loop has not published yet.
    let alice = replayed.catchingUp(1, rooms: [1], after: 9, backlog: batch(10...12), through: 12)
    replayed.io.flushDirty()
    #expect(alice.positions() == [10, 11, 12] && alice.connection.phase == .catchingUp)
    replayed.publish((Int64(11)...14).map { entry($0, .newMessage, room: 1) })
    #expect(alice.positions() == [13, 14] && alice.connection.isLive)
  }

  @Test func `after any events every connection has received what its memberships at each position allow`() {
    var random = SplitMix(seed: 21)
    for _ in 0..<60 {
      let fixture = DeliveryFixture()
      var rooms: [Int64: Set<Int64>] = [:]
      for user in Int64(1)...4 { rooms[user] = Set((Int64(1)...3).filter { _ in random.int(0...1) == 0 }) }
      let filters: [Int64?] = [nil, 1, 2]
      let peers = (0..<12).map { index -> (user: Int64, only: Int64?, peer: TestPeer) in
        let (user, only) = (Int64(index % 4 + 1), filters[index % 3])
        return (user, only, fixture.live(user, rooms: Array(rooms[user] ?? []), only: only))
      }
      var received = [[Int64]](repeating: [], count: peers.count)
      var expected = received
      var position: Int64 = 0
      for _ in 0..<20 {
        let batches = (0..<random.int(1...2)).map { _ in
          EventBatch(
            (0..<random.int(1...6)).map { _ in
              position += 1
              let (room, user) = (random.int64(1...3), random.int64(1...4))
              let event: JournalEntry
              var receives = { (other: Int64) in rooms[other]?.contains(room) == true }
              let isIn = rooms[user]?.contains(room) == true
              switch random.int(0...6) {
              case 0:
                event = entry(position, isIn ? .memberLeft : .memberJoined, room: room, user: user)
                let before = rooms
                if isIn { rooms[user]?.remove(room) } else { rooms[user]?.insert(room) }
                let after = rooms
                receives = { (isIn ? before : after)[$0]?.contains(room) == true }
              case 1:
                event = entry(position, .ownReceipt, room: room, user: user)
                let now = rooms
                receives = { $0 == user && now[$0]?.contains(room) == true }
              default:
                event = entry(position, .newMessage, room: room, user: random.int(0...1) == 0 ? user : nil)
              }
              for (index, peer) in peers.enumerated() where receives(peer.user) && (peer.only == nil || peer.only == room) {
                expected[index].append(position)
              }
              return event
            })
        }
        fixture.publisher.publish(batches)
        fixture.io.flushDirty()
        for (index, peer) in peers.enumerated() { received[index] += peer.peer.positions() }
      }
      #expect(received == expected)
    }
  }
}
