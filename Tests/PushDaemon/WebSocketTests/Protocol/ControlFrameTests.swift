// Pings and the closing handshake (RFC 6455 sections 5.5 and 7).

import Testing
import WebSocket

@Suite struct ControlFrameTests {
  @Test(arguments: [0, 1, 125])
  func `a ping is answered with a pong that bears the same bytes`(count: Int) {
    let payload = (0..<count).map { UInt8($0) }
    var state = ProtocolState(role: .server)
    var out: [UInt8] = []
    #expect(state.receive(clientFrame(.ping, payload), answersTo: &out) == [.ping(payload)])
    #expect(eventsForClient(out) == [.pong(payload)])
  }

  @Test func `texts and pongs are answered with nothing`() {
    var state = ProtocolState(role: .server)
    var out: [UInt8] = []
    _ = state.receive(clientFrame(.text, "a") + clientFrame(.binary, "b") + clientFrame(.pong, "c"), answersTo: &out)
    #expect(out.isEmpty)
  }

  @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1014, 3000, 4011, 4999] as [UInt16])
  func `a close is answered with the same code, and that ends it`(number: UInt16) {
    let code = CloseCode(rawValue: number)
    var state = ProtocolState(role: .server)
    var out: [UInt8] = []
    let frames = clientFrame(.close, FrameWriter.closePayload(code, reason: "schön")) + clientFrame(.text, "unheard")
    #expect(state.receive(frames, answersTo: &out) == [.close(code, reason: "schön")])
    #expect(eventsForClient(out) == [.close(code, reason: "")])
    #expect(state.hasReceivedClose && state.hasSentClose && state.hasEnded && state.isFinished && !state.hasFailed)
    #expect(state.receive(clientFrame(.text, "unheard")).isEmpty)
  }

  @Test func `an empty close is answered with an empty close`() {
    var state = ProtocolState(role: .server)
    var out: [UInt8] = []
    #expect(state.receive(clientFrame(.close, ""), answersTo: &out) == [.close(nil, reason: "")])
    #expect(out == [0x88, 0x00])
    #expect(state.isFinished)
  }

  @Test(
    arguments: [
      ([0x03], CloseCode.protocolError),
      ([0x00, 0x00], .protocolError), ([0x03, 0xE7], .protocolError), ([0x03, 0xEC], .protocolError), ([0x03, 0xED], .protocolError),
      ([0x03, 0xEE], .protocolError), ([0x03, 0xF7], .protocolError), ([0x07, 0xD0], .protocolError), ([0x13, 0x88], .protocolError),
      ([0xFF, 0xFF], .protocolError),
      ([0x03, 0xE8, 0xFF], .invalidPayload), ([0x03, 0xE8, 0xE2, 0x82], .invalidPayload),
      ([0x03, 0xE8, 0xED, 0xA0, 0x80], .invalidPayload),
    ] as [([UInt8], CloseCode)])
  func `a malformed close is a violation, and is answered with its code`(payload: [UInt8], code: CloseCode) {
    for isCut in [false, true] {
      let frame = clientFrame(.close, payload)
      var state = ProtocolState(role: .server)
      var out: [UInt8] = []
      var all = isCut ? state.receive(Array(frame.dropLast()), answersTo: &out) : []
      all += state.receive(isCut ? frame.suffix(1) : frame, answersTo: &out)
      #expect(all == [.violation(code)])
      guard case .close(code, let reason)? = eventsForClient(out).first, !reason.isEmpty else {
        Issue.record("no close with a reason")
        return
      }
      #expect(state.hasFailed && state.isFinished && !state.hasReceivedClose)
    }
  }

  @Test func `the longest close reason is taken`() {
    let reason = String(repeating: "a", count: 123)
    #expect(events(in: clientFrame(.close, [0x03, 0xE8] + Array(reason.utf8))) == [.close(.normal, reason: reason)])
  }

  @Test func `only one close is ever sent`() {
    var state = ProtocolState(role: .server)
    var out: [UInt8] = []
    let first = state.appendClose(.goingAway, reason: "restart", to: &out)
    let count = out.count
    let second = state.appendClose(.internalError, to: &out)
    #expect(first && !second)
    #expect(state.hasSentClose && !state.hasEnded && !state.isFinished)
    #expect(state.receive(clientFrame(.close, [0x03, 0xE9]), answersTo: &out) == [.close(.goingAway, reason: "")])
    #expect(out.count == count)
    #expect(state.isFinished)
  }

  @Test func `after our close a signed-out client's commands are passed over, and nothing more is sent`() {
    var state = ProtocolState(role: .server)
    var out: [UInt8] = []
    #expect(state.receive(clientFrame(.text, "half", isFinal: false)).isEmpty)
    state.appendClose(.unauthenticated, to: &out)
    #expect(state.heldBytes == 0)
    let count = out.count
    let late =
      clientFrame(.continuation, "done") + clientFrame(.text, "send_message") + clientFrame(.text, [0xFF]) + clientFrame(.ping, "?")
      + clientFrame(.pong, "!") + clientFrame(.binary, [UInt8](repeating: 0, count: 1_000))
    for byte in late { #expect(state.receive([byte], answersTo: &out).isEmpty) }
    #expect(state.heldBytes == 0 && state.isBetweenMessages)
    let pinged = state.appendPing(to: &out)
    #expect(!pinged)
    #expect(out.count == count)
    #expect(state.receive(clientFrame(.close, ""), answersTo: &out) == [.close(nil, reason: "")])
    #expect(out.count == count && state.isFinished)
  }

  @Test func `broken protocol after our close still ends the connection, without a second close`() {
    var state = ProtocolState(role: .server)
    var out: [UInt8] = []
    state.appendClose(.normal, to: &out)
    let count = out.count
    #expect(state.receive([0xFF], answersTo: &out) == [.violation(.protocolError)])
    #expect(out.count == count && state.isFinished)
  }

  @Test func `a client masks its answers with a key of its own each`() {
    var client = ProtocolState(role: .client)
    var toClient: [UInt8] = []
    FrameWriter.append(.ping, [1, 2], to: &toClient)
    FrameWriter.append(.ping, [1, 2], to: &toClient)
    FrameWriter.appendClose(.serviceRestart, reason: "soon", to: &toClient)
    var toServer: [UInt8] = []
    _ = client.receive(toClient, answersTo: &toServer)
    #expect(events(in: toServer) == [.pong([1, 2]), .pong([1, 2]), .close(.serviceRestart, reason: "")])
    #expect(toServer[0..<8] != toServer[8..<16])
  }

  @Test func `our own ping is a ping`() {
    var state = ProtocolState(role: .server)
    var out: [UInt8] = []
    state.appendPing([9], to: &out)
    state.appendPing(to: &out)
    #expect(out == [0x89, 0x01, 9, 0x89, 0x00])
  }
}
