// Reading, writing, deadlines and the end of a connection, with a clock that the test sets.
import Domain
import Testing
import WebSocket

@testable import PushDaemon

@Suite struct ConnectionIOTests {
  private let fixture = DeliveryFixture()

  @Test func `a client that sends nothing is closed at the sign-in deadline`() {
    let peer = fixture.connect()
    fixture.pass(milliseconds: 9999)
    #expect(!peer.isClosed)
    fixture.pass(milliseconds: 1)
    #expect(peer.isClosed && fixture.io.count == 0 && fixture.log == ["closed 0"])
  }

  @Test func `a WebSocket without credentials is closed at the deadline, with the code that says so`() {
    let peer = fixture.connect()
    fixture.io.handle(.upgraded, peer.connection)
    fixture.pass(milliseconds: 10_000)
    #expect(peer.frames() == ["close 4011 no sign-in in time: sign_in_ms"] && !peer.isClosed)
    fixture.pass(milliseconds: 5000)
    #expect(peer.isClosed)
  }

  @Test func `a silent peer is pinged, and given up if it does not answer`() {
    let (alice, bob) = (fixture.live(1, rooms: [1]), fixture.live(2, rooms: [1]))
    fixture.pass(milliseconds: 25_000)
    #expect(alice.frames() == ["ping"] && bob.frames() == ["ping"])
    bob.sendFrame(.pong, [])
    fixture.read(bob)
    fixture.pass(milliseconds: 10_000)
    #expect(alice.isClosed && !bob.isClosed && fixture.hub[RoomRowID(1)]?.subscribers.count == 1)
  }

  @Test func `a connection whose token has expired is closed`() {
    let alice = fixture.live(1, rooms: [])
    alice.connection.tokenExpiresAt = fixture.wallMilliseconds / 1000 + 20
    fixture.io.scheduleHeartbeat(alice.connection)
    fixture.pass(milliseconds: 19_000)
    #expect(alice.frames() == [])
    fixture.pass(milliseconds: 1000)
    #expect(alice.frames() == ["close 4009 token expired"])
  }

  @Test func `texts are handed on one by one, a ping is answered, and a binary message closes`() {
    let alice = fixture.live(1, rooms: [])
    for text in ["one", "two"] { alice.sendText(text) }
    alice.sendFrame(.ping, [1])
    for _ in 0..<3 { fixture.read(alice) }
    #expect(fixture.texts == ["one", "two"] && alice.frames() == ["pong"])
    alice.sendFrame(.binary, [1])
    fixture.read(alice)
    #expect(alice.frames() == ["close 1003 text frames only"])
  }

  @Test func `a peer that closes is answered and released`() {
    let alice = fixture.live(1, rooms: [1])
    alice.sendFrame(.close, FrameWriter.closePayload(.normal))
    fixture.read(alice)
    #expect(alice.frames() == ["close 1000 "] && alice.isClosed && fixture.log == ["live 0", "closed 0"])
    #expect(fixture.hub.rooms.isEmpty && fixture.hub.users.isEmpty && fixture.io.count == 0)
  }

  @Test func `our Close frame is waited for five seconds`() {
    let (alice, bob) = (fixture.live(1, rooms: [1]), fixture.live(2, rooms: [1]))
    for peer in [alice, bob] { fixture.io.close(peer.connection, .serviceRestart, "restarting") }
    fixture.io.flushDirty()
    #expect(alice.frames() == ["close 1012 restarting"] && fixture.hub.rooms.isEmpty)
    alice.sendFrame(.close, FrameWriter.closePayload(.serviceRestart))
    fixture.read(alice)
    #expect(alice.isClosed && bob.frames() == ["close 1012 restarting"] && !bob.isClosed)
    fixture.pass(milliseconds: 5000)
    #expect(bob.isClosed)
  }

  @Test func `after a violation only our side is shut, so that the peer can read why`() {
    let alice = fixture.live(1, rooms: [])
    alice.sendBytes([0x81, 0x01, 0x20])
    fixture.read(alice)
    let frames = alice.frames()
    #expect(frames.count == 1 && frames[0].hasPrefix("close 1002 ") && alice.connection.phase == .closing && fixture.io.count == 1)
    #expect(alice.isClosed, "our side is shut")
    fixture.pass(milliseconds: 5000)
    #expect(fixture.io.count == 0)
  }

  @Test func `a peer that hangs up is released, even while it is not read`() {
    let (alice, bob) = (fixture.live(1, rooms: [1]), fixture.live(2, rooms: [1]))
    alice.hangUp()
    fixture.read(alice)
    fixture.io.pauseReading(bob.connection, true)
    bob.sendText("later")
    fixture.read(bob)
    #expect(fixture.texts == [] && fixture.io.count == 1)
    fixture.io.pauseReading(bob.connection, false)
    fixture.read(bob)
    #expect(fixture.texts == ["later"])
    fixture.io.pauseReading(bob.connection, true)
    bob.hangUp()
    fixture.read(bob)
    #expect(fixture.io.count == 0 && fixture.hub.rooms.isEmpty)
  }

  @Test func `a socket that the kernel cannot watch is closed`() {
    let peer = TestPeer()
    fixture.sockets.isFull = true
    #expect(fixture.io.accept(peer.near) == nil && fixture.io.count == 0 && peer.isClosed)
  }

  @Test func `a draining loop reads no more commands, and Close frames when it closes`() {
    let alice = fixture.live(1, rooms: [])
    fixture.io.drain()
    alice.sendText("too late")
    fixture.read(alice)
    fixture.io.pauseReading(alice.connection, false)
    #expect(fixture.texts == [] && alice.connection.isReadingPaused)
    fixture.io.close(alice.connection, .serviceRestart, "restarting")
    fixture.io.readCloseFrames()
    alice.sendFrame(.close, FrameWriter.closePayload(.serviceRestart))
    for _ in 0..<2 { fixture.read(alice) }
    #expect(fixture.texts == [] && fixture.io.count == 0)
  }

  @Test func `an ephemeral frame is dropped for a peer that is slow`() {
    let slow = fixture.live(1, rooms: [], peer: TestPeer(sendBytes: 4096, isStream: true))
    fixture.io.sendText(slow.connection, [UInt8](repeating: 0x78, count: 200_000))
    fixture.io.flushDirty()
    let unsent = slow.connection.unsentBytes
    var frame: [UInt8] = []
    FrameWriter.append(.text, Array("typing".utf8), to: &frame)
    fixture.io.sendEphemeral(slow.connection, frame)
    #expect(unsent > 0 && slow.connection.unsentBytes == unsent)
    let alice = fixture.live(2, rooms: [])
    fixture.io.sendEphemeral(alice.connection, frame)
    #expect(alice.frames() == ["typing"])
  }

  @Test func `an idle connection carries nothing for input or output`() {
    let alice = fixture.live(1, rooms: [1])
    alice.sendText("hello")
    fixture.read(alice)
    fixture.io.sendText(alice.connection, Array("ok".utf8))
    fixture.io.flushDirty()
    #expect(alice.connection.partialIO == nil && fixture.catchUps[alice.connection] == nil)
  }
}
