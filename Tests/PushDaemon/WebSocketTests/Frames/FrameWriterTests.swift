// Frames on the wire, byte for byte.

import Testing
import WebSocket

@Suite struct FrameWriterTests {
  @Test func `the examples of RFC 6455 section 5.7 are written as printed there`() {
    var out: [UInt8] = []
    FrameWriter.append(.text, Array("Hello".utf8), to: &out)
    #expect(out == [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])

    out = []
    FrameWriter.append(.text, Array("Hel".utf8), isFinal: false, to: &out)
    FrameWriter.append(.continuation, Array("lo".utf8), to: &out)
    #expect(out == [0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F])

    #expect(clientFrame(.text, "Hello") == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
    #expect(clientFrame(.pong, "Hello") == [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])

    out = []
    FrameWriter.append(.ping, Array("Hello".utf8), to: &out)
    #expect(out == [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])

    out = []
    FrameWriter.appendHeader(.binary, payloadCount: 256, to: &out)
    #expect(out == [0x82, 0x7E, 0x01, 0x00])

    out = []
    FrameWriter.appendHeader(.binary, payloadCount: 65_536, to: &out)
    #expect(out == [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0])
  }

  @Test(arguments: [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)])
  func `the size of a header is known beforehand`(payloadCount: Int, size: Int) {
    var out: [UInt8] = []
    FrameWriter.appendHeader(.text, payloadCount: payloadCount, to: &out)
    #expect(out.count == size)
    #expect(FrameWriter.headerSize(payloadCount: payloadCount) == size)
    let masked = clientFrame(.text, [UInt8](repeating: 0, count: payloadCount))
    #expect(masked.count == FrameWriter.headerSize(payloadCount: payloadCount, isMasked: true) + payloadCount)
  }

  @Test func `a header written alone and the payload after it are the whole frame`() {
    let payload = [UInt8](repeating: 0x61, count: 300)
    var whole: [UInt8] = []
    FrameWriter.append(.text, payload, to: &whole)
    var parts: [UInt8] = []
    FrameWriter.appendHeader(.text, payloadCount: payload.count, to: &parts)
    #expect(parts + payload == whole)
  }

  @Test func `writing appends and leaves what was there`() {
    var out: [UInt8] = [1, 2, 3]
    FrameWriter.append(.pong, [4], to: &out)
    FrameWriter.appendMasked(.pong, [4], key: MaskingKey(bits: 0x0403_0201), to: &out)
    #expect(out == [1, 2, 3, 0x8A, 1, 4, 0x8A, 0x81, 1, 2, 3, 4, 5])
  }

  @Test(arguments: [
    (String(repeating: "a", count: 123), 123),
    (String(repeating: "a", count: 124), 123),
    (String(repeating: "ä", count: 62), 122),
    (String(repeating: "€", count: 42), 123),
    (String(repeating: "a", count: 122) + "😀", 122),
    (String(repeating: "a", count: 120) + "😀", 120),
    (String(repeating: "a", count: 119) + "😀", 123),
  ])
  func `a close reason is cut between two characters`(reason: String, count: Int) {
    let payload = FrameWriter.closePayload(.tooSlow, reason: reason)
    #expect(payload.count == 2 + count)
    #expect(String(validating: payload.dropFirst(2), as: UTF8.self).map(reason.hasPrefix) == true)
    var out: [UInt8] = []
    FrameWriter.appendClose(.tooSlow, reason: reason, to: &out)
    #expect(out[..<4] == [0x88, UInt8(2 + count), 0x0F, 0xAA])
  }

  @Test func `a close without a code is empty`() {
    var out: [UInt8] = []
    FrameWriter.appendClose(nil, reason: "unsaid", to: &out)
    #expect(out == [0x88, 0x00])
  }

  @Test func `a control frame never has more than 125 bytes of payload`() {
    var out: [UInt8] = []
    FrameWriter.append(.ping, [UInt8](repeating: 7, count: 126), to: &out)
    #expect(out == [0x89, 125] + [UInt8](repeating: 7, count: 125))
  }
}
