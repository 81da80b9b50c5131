// Headers as RFC 6455 section 5.2 draws them, and every way in which they can be wrong.

import Testing
import WebSocket

@Suite struct FrameHeaderTests {
  private func read(_ bytes: [UInt8], from sender: ProtocolState.Role = .client) -> FrameHeader.Reading {
    bytes.withUnsafeBytes { FrameHeader.read($0, from: sender) }
  }

  @Test(
    arguments: [
      ([0x81, 0x80, 1, 2, 3, 4], 0),
      ([0x81, 0xFD, 1, 2, 3, 4], 125),
      ([0x81, 0xFE, 0, 126, 1, 2, 3, 4], 126),
      ([0x81, 0xFE, 0xFF, 0xFF, 1, 2, 3, 4], 65_535),
      ([0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4], 65_536),
      ([0x81, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4], UInt64(Int64.max)),
    ] as [([UInt8], UInt64)])
  func `all three forms of the length are read, and no header ends early`(bytes: [UInt8], payloadCount: UInt64) {
    let header = FrameHeader(isFinal: true, opcode: .text, payloadCount: payloadCount, maskingKey: MaskingKey(bits: 0x0403_0201))
    #expect(read(bytes) == .header(header, size: bytes.count))
    #expect(read(bytes + [9, 9]) == .header(header, size: bytes.count))
    for count in 0..<bytes.count {
      #expect(read(Array(bytes[..<count])) == .needMore(size: count < 2 ? 2 : bytes.count))
    }
  }

  @Test(
    arguments: [
      [0x81, 0xFE, 0, 5, 1, 2, 3, 4], [0x81, 0xFE, 0, 125, 1, 2, 3, 4], [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4],
      [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 1, 2, 3, 4],
    ] as [[UInt8]])
  func `a length that is written in more bytes than it needs breaks the protocol`(bytes: [UInt8]) {
    guard case .violation(let violation) = read(bytes) else {
      Issue.record("it was read")
      return
    }
    #expect(violation.code == .protocolError)
  }

  @Test func `a server's header has no masking key`() {
    let header = FrameHeader(isFinal: false, opcode: .binary, payloadCount: 3, maskingKey: nil)
    #expect(read([0x02, 0x03], from: .server) == .header(header, size: 2))
  }

  @Test(
    arguments: [
      ([0xC1], "a reserved bit is set and no extension was agreed"),
      ([0xA1], "a reserved bit is set and no extension was agreed"),
      ([0x91], "a reserved bit is set and no extension was agreed"),
      ([0x83], "the opcode is reserved"),
      ([0x87], "the opcode is reserved"),
      ([0x8B], "the opcode is reserved"),
      ([0x8F], "the opcode is reserved"),
      ([0x08], "a control frame is fragmented"),
      ([0x09], "a control frame is fragmented"),
      ([0x0A], "a control frame is fragmented"),
      ([0x81, 0x05], "a frame from the client is not masked"),
      ([0x89, 0xFE], "a control frame bears more than 125 bytes"),
      ([0x8A, 0xFF], "a control frame bears more than 125 bytes"),
      ([0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], "the highest bit of a 64-bit length is set"),
      ([0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "the highest bit of a 64-bit length is set"),
    ] as [([UInt8], String)])
  func `a broken header is refused at the byte that breaks it`(bytes: [UInt8], reason: String) {
    guard case .violation(let violation) = read(bytes) else {
      Issue.record("accepted")
      return
    }
    #expect(violation.code == .protocolError)
    #expect(violation.reason.description == reason)
    if case .violation = read(Array(bytes.dropLast())) { Issue.record("refused before the byte that breaks it") }
  }

  @Test func `a masked frame from a server is refused`() {
    guard case .violation(let violation) = read([0x81, 0x85], from: .server) else {
      Issue.record("accepted")
      return
    }
    #expect(violation.reason.description == "a frame from the server is masked")
  }
}
