// Catching up: everything that was missed, once, in order, no faster than the peer reads.
import Domain
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct CatchUpTests {
  /// A loop that has published messages in room 1 at these positions.
  private func fixture(published positions: ClosedRange<Int64>, replayBytesMax: Int = 1 << 20) -> DeliveryFixture {
    let fixture = DeliveryFixture(position: positions.lowerBound - 1, replayBytesMax: replayBytesMax)
    fixture.publish(positions.map { entry($0, .newMessage, room: 1) })
    return fixture
  }

  @Test func `the backlog comes first, then the replay buffer, then the connection is live`() {
    let fixture = fixture(published: 11...20)
    let alice = fixture.catchingUp(1, rooms: [1], after: 5, backlog: batch(6...12), through: 12)
    fixture.io.flushDirty()
    #expect(alice.positions() == Array(6...20))
    #expect(alice.connection.isLive && fixture.log == ["live 0"] && fixture.loads == [])
    fixture.publish([entry(21, .newMessage, room: 1)])
    #expect(alice.positions() == [21])
  }

  @Test func `a client that has missed nothing is live at once`() {
    let fixture = fixture(published: 1...3)
    let alice = fixture.catchingUp(1, rooms: [1], after: 3)
    #expect(alice.connection.isLive && alice.frames() == [] && fixture.catchUps[alice.connection] == nil)
  }

  @Test func `rooms that the user joined or left meanwhile count from there on`() {
    let fixture = DeliveryFixture()
    fixture.publish([
      entry(1, .newMessage, room: 2), entry(2, .memberJoined, room: 2, user: 1), entry(3, .newMessage, room: 2),
      entry(4, .memberLeft, room: 1, user: 1), entry(5, .newMessage, room: 1), entry(6, .newMessage, room: 2),
    ])
    let alice = fixture.catchingUp(1, rooms: [1], after: 0)
    fixture.io.flushDirty()
    #expect(alice.positions() == [2, 3, 4, 6])
    #expect(fixture.hub[RoomRowID(2)]?.subscribers.count == 1 && fixture.hub[RoomRowID(1)] == nil)
  }

  @Test func `superseded events are skipped`() {
    let fixture = DeliveryFixture()
    fixture.publish([
      entry(1, .receipt, room: 1, user: 2), entry(2, .newMessage, room: 1), entry(3, .receipt, room: 1, user: 2),
    ])
    let alice = fixture.catchingUp(1, rooms: [1], after: 0)
    fixture.io.flushDirty()
    #expect(alice.positions() == [2, 3])
  }

  @Test func `of a peer that does not read, one chunk waits and no more, until it reads`() {
    let fixture = DeliveryFixture(replayBytesMax: 8 << 20)
    let content = #"{"content":"\#(String(repeating: "x", count: 4000))"}"#
    for first in stride(from: Int64(1), through: 500, by: 50) {
      fixture.publish((first..<first + 50).map { entry($0, .newMessage, room: 1, data: content) })
    }
    let alice = fixture.catchingUp(1, rooms: [1], after: 0, peer: TestPeer(sendBytes: 8192, isStream: true))
    fixture.io.flushDirty()
    #expect(alice.connection.phase == .catchingUp && alice.connection.unsentBytes < CatchUp.chunkBytes + 5000)
    var positions: [Int64] = []
    var most = 0
    for _ in 0..<20_000 where !alice.connection.isLive || alice.connection.unsentBytes > 0 {
      positions += alice.positions()
      fixture.io.flush(alice.connection)
      fixture.io.flushDirty()
      most = max(most, alice.connection.unsentBytes)
    }
    #expect(positions + alice.positions() == Array(1...500))
    #expect(most < CatchUp.chunkBytes + 5000 && alice.connection.isLive)
  }

  @Test func `a peer that has yet to read a chunk is not closed as too slow, however small the send limit`() {
    let fixture = DeliveryFixture(replayBytesMax: 8 << 20, sendBufferBytesMax: 40_000)
    let content = #"{"content":"\#(String(repeating: "x", count: 4000))"}"#
    fixture.publish((Int64(1)...200).map { entry($0, .newMessage, room: 1, data: content) })
    let alice = fixture.catchingUp(1, rooms: [1], after: 0, peer: TestPeer(sendBytes: 8192, isStream: true))
    var positions: [Int64] = []
    for step in 0..<20_000 where !alice.connection.isLive || alice.connection.unsentBytes > 0 {
      fixture.catchUps.advanceCatchUps()
      fixture.io.flushDirty()
      guard step % 4 == 0 else { continue }
      positions += alice.positions()
      fixture.io.flush(alice.connection)
    }
    #expect(alice.connection.isLive && positions + alice.positions() == Array(1...200))
  }

  @Test func `what the replay buffer no longer has is asked of the database, once`() throws {
    let fixture = fixture(published: 1...5, replayBytesMax: 0)
    let alice = fixture.catchingUp(1, rooms: [1], after: 2)
    fixture.catchUps.advanceCatchUps()
    #expect(fixture.loads == [2] && alice.connection.phase == .catchingUp && alice.frames() == [])
    let catchUp = try #require(fixture.catchUps[alice.connection])
    catchUp.loaded(rooms: catchUp.rooms, blockedEitherWay: [], backlog: batch(3...5), backlogThrough: 5, authorizedAt: 5)
    fixture.catchUps.advanceCatchUps()
    fixture.io.flushDirty()
    #expect(alice.positions() == [3, 4, 5] && alice.connection.isLive && fixture.loads == [2])
  }

  @Test func `after a deletion a backlog that may contain deleted content is read again`() {
    let fixture = fixture(published: 211...212)
    let content = #"{"content":"\#(String(repeating: "x", count: 4000))"}"#
    let backlog = EventBatch((Int64(1)...200).map { entry($0, .newMessage, room: 1, data: content) })
    let alice = fixture.catchingUp(1, rooms: [1], after: 0, backlog: backlog, through: 210, peer: TestPeer(sendBytes: 8192, isStream: true))
    fixture.io.flushDirty()
    #expect(alice.connection.phase == .catchingUp && fixture.catchUps[alice.connection]?.backlog != nil)
    fixture.publish([entry(213, .messageDeleted, room: 1)])
    for _ in 0..<1000 where fixture.loads.isEmpty {
      _ = alice.frames()
      fixture.io.flush(alice.connection)
      fixture.io.flushDirty()
    }
    #expect(fixture.loads.count == 1 && fixture.catchUps[alice.connection]?.backlog == nil)
  }

  @Test func `a database that is ahead of this loop is waited for`() {
    let fixture = fixture(published: 1...3)
    let alice = fixture.catchingUp(1, rooms: [1], after: 5)
    #expect(alice.connection.phase == .catchingUp)
    fixture.publish((Int64(4)...6).map { entry($0, .newMessage, room: 1) })
    #expect(alice.positions() == [6] && alice.connection.isLive)
  }

  @Test func `a suspension that was over when the user was let in does not end the connection, a later one does`() {
    let fixture = DeliveryFixture()
    fixture.publish([entry(1, .userSuspended, user: 1), entry(2, .newMessage, room: 1)])
    let alice = fixture.catchingUp(1, rooms: [1], after: 0, authorizedAt: 2)
    fixture.io.flushDirty()
    #expect(alice.positions() == [2] && alice.connection.isLive)

    fixture.publish([entry(3, .newMessage, room: 1), entry(4, .userSuspended, user: 2), entry(5, .newMessage, room: 1)])
    let bob = fixture.catchingUp(2, rooms: [1], after: 2, authorizedAt: 3)
    fixture.io.flushDirty()
    let frames = bob.frames()
    #expect(TestPeer.positions(frames) == [3] && frames.last == "close 4003 suspended")
  }

  @Test func `a session that ends does not wait until the connection has caught up`() {
    let fixture = fixture(published: 1...5, replayBytesMax: 0)
    let (alice, bob) = (fixture.catchingUp(1, rooms: [1], after: 0), fixture.catchingUp(2, rooms: [1], after: 0))
    fixture.publish([entry(6, .sessionEnded, user: 1, data: "101"), entry(7, .userSuspended, user: 2)])
    #expect(alice.frames() == ["close 4001 signed out"] && bob.frames() == ["close 4003 suspended"])
    #expect(fixture.catchUps[alice.connection] == nil && fixture.catchUps[bob.connection] == nil)
  }

  @Test func `wherever a client stopped, it receives the rest exactly once`() {
    var random = SplitMix(seed: 5)
    for _ in 0..<200 {
      let end = random.int64(2...60)
      let fixture = fixture(published: 1...end)
      let (after, through) = (random.int64(0...end), random.int64(0...end))
      let backlog = through > after ? batch(after + 1...through) : nil
      let alice = fixture.catchingUp(1, rooms: [1], after: after, backlog: backlog, through: max(after, through))
      fixture.publish([entry(end + 1, .newMessage, room: 1)])
      #expect(alice.positions() == Array(after + 1...end + 1))
    }
  }
}
