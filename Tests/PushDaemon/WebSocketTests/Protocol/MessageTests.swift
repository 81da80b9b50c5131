// Messages, whole and in fragments.

import Testing
import WebSocket

@Suite struct MessageTests {
  @Test func `the masked hello of RFC 6455 section 5.7 is received`() {
    #expect(events(in: [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]) == [.text("Hello")])
  }

  @Test func `the bare frames of RFC 6455 section 5.7 are received by a client`() {
    let frames: [UInt8] =
      [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F] + [0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F]
      + [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F] + [0x82, 0x7E, 0x01, 0x00] + [UInt8](repeating: 7, count: 256)
    #expect(
      eventsForClient(frames) == [.text("Hello"), .text("Hello"), .ping(Array("Hello".utf8)), .binary([UInt8](repeating: 7, count: 256))])
  }

  @Test(arguments: [0, 1, 125, 126, 127, 65_535, 65_536])
  func `a message of any length is received`(count: Int) {
    let bytes = (0..<count).map { UInt8($0 % 251) }
    #expect(events(in: clientFrame(.binary, bytes)) == [.binary(bytes)])
    var out: [UInt8] = []
    FrameWriter.append(.binary, bytes, to: &out)
    #expect(eventsForClient(out) == [.binary(bytes)])
  }

  @Test func `a text that lies whole in the buffer is handed out in place`() {
    var buffer = clientFrame(.text, "one") + clientFrame(.text, "two")
    var state = ProtocolState(role: .server)
    buffer.withUnsafeMutableBytes { buffer in
      var input = ReceivedBytes(buffer)
      for (text, offset) in [("one", 6), ("two", 15)] {
        guard case .text(.slice(let bytes)) = state.nextEvent(in: &input, limits: .daemon) else {
          Issue.record("not a slice")
          return
        }
        #expect(String(decoding: bytes, as: UTF8.self) == text)
        #expect(bytes.baseAddress == buffer.baseAddress.map { UnsafeRawPointer($0 + offset) })
      }
      #expect(state.nextEvent(in: &input, limits: .daemon) == nil)
      #expect(input.isEmpty)
    }
  }

  @Test func `fragments are one message, with control frames between them`() {
    let frames =
      clientFrame(.text, "Hel", isFinal: false) + clientFrame(.ping, "1") + clientFrame(.continuation, "", isFinal: false)
      + clientFrame(.pong, "2") + clientFrame(.continuation, "lo") + clientFrame(.text, "next")
    #expect(events(in: frames) == [.ping([0x31]), .pong([0x32]), .text("Hello"), .text("next")])
  }

  @Test func `a character may be cut by a fragment's end`() {
    let frames = clientFrame(.text, [0xE2, 0x82], isFinal: false) + clientFrame(.ping, []) + clientFrame(.continuation, [0xAC])
    #expect(events(in: frames) == [.ping([]), .text("€")])
  }

  @Test func `empty fragments make an empty message`() {
    let frames = clientFrame(.text, "", isFinal: false) + clientFrame(.continuation, "", isFinal: false) + clientFrame(.continuation, "")
    #expect(events(in: frames) == [.text("")])
  }

  @Test(
    arguments: [
      (clientFrame(.continuation, "x"), CloseCode.protocolError),
      (clientFrame(.continuation, "x", isFinal: false), .protocolError),
      (clientFrame(.text, "x") + clientFrame(.continuation, "y"), .protocolError),
      (clientFrame(.text, "x", isFinal: false) + clientFrame(.text, "y"), .protocolError),
      (clientFrame(.binary, "x", isFinal: false) + clientFrame(.text, "y", isFinal: false), .protocolError),
      (clientFrame(.text, [0xFF]), .invalidPayload),
      (clientFrame(.text, [0xE2, 0x82]), .invalidPayload),
      (clientFrame(.text, [0xE2, 0x82], isFinal: false) + clientFrame(.continuation, [0x41], isFinal: false), .invalidPayload),
      (clientFrame(.text, [0xE2, 0x82], isFinal: false) + clientFrame(.continuation, ""), .invalidPayload),
      ([0x81, 0x05, 0x48], .protocolError),
      ([0xC1], .protocolError),
      ([0x83], .protocolError),
      ([0x09], .protocolError),
      ([0x89, 0xFE], .protocolError),
      ([0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], .protocolError),
    ] as [([UInt8], CloseCode)])
  func `a broken stream fails once, and nothing after it is read`(bytes: [UInt8], code: CloseCode) {
    let all = events(in: bytes + clientFrame(.text, "unheard") + clientFrame(.close, ""))
    #expect(all.filter(\.isViolation) == [.violation(code)])
    #expect(all.last == .violation(code))
  }

  @Test func `text that is not UTF-8 is allowed in a binary message`() {
    #expect(events(in: clientFrame(.binary, [0xFF, 0xC0])) == [.binary([0xFF, 0xC0])])
  }

  @Test func `bad text fails at its own byte, long before its frame is complete`() {
    let good = Array("κόσμε".utf8) + [0xED]
    let frame = clientFrame(.text, good + [0xA0] + [UInt8](repeating: 0x61, count: 1_000))
    let badByte = 8 + good.count
    var state = ProtocolState(role: .server)
    for byte in frame[..<badByte] { #expect(state.receive([byte]).isEmpty) }
    #expect(state.receive([frame[badByte]]) == [.violation(.invalidPayload)])
  }

  @Test func `the receiver may stop between two events and forget the connection`() {
    var buffer = clientFrame(.text, "one", isFinal: false) + clientFrame(.continuation, "!") + clientFrame(.text, "two")
    var state: ProtocolState? = ProtocolState(role: .server)
    let first = buffer.withUnsafeMutableBytes { buffer in
      var input = ReceivedBytes(buffer)
      return state?.nextEvent(in: &input, limits: .daemon)
    }
    state = nil
    #expect(first.map(ObservedEvent.init) == .text("one!"))
  }
}
