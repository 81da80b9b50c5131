// However the network cuts the bytes, the events are the same.

import Testing
import WebSocket

@Suite struct SegmentationTests {
  static let streams: [[UInt8]] = [
    clientFrame(.text, "Hello") + clientFrame(.binary, [1, 2, 3]) + clientFrame(.text, "wörld 😀"),
    clientFrame(.text, "") + clientFrame(.ping, "") + clientFrame(.pong, "") + clientFrame(.text, "", isFinal: false)
      + clientFrame(.continuation, "") + clientFrame(.close, ""),
    clientFrame(.text, [0xF0, 0x9F], isFinal: false) + clientFrame(.ping, "between") + clientFrame(.continuation, [0x98], isFinal: false)
      + clientFrame(.continuation, [0x80]) + clientFrame(.close, FrameWriter.closePayload(.goingAway, reason: "bye")),
    clientFrame(.text, String(repeating: "é", count: 100)) + clientFrame(.close, FrameWriter.closePayload(.normal))
      + clientFrame(.text, "late"),
    clientFrame(.text, "ok") + clientFrame(.text, [0x61, 0xED, 0xA0, 0x80, 0x61]) + clientFrame(.text, "late"),
    clientFrame(.text, "ok") + clientFrame(.close, [0x03]) + clientFrame(.text, "late"),
    clientFrame(.text, "ok") + clientFrame(.close, [0x03, 0xE8, 0xC3]) + clientFrame(.text, "late"),
    clientFrame(.binary, "x", isFinal: false) + clientFrame(.ping, "p") + clientFrame(.binary, "y"),
    clientFrame(.binary, [UInt8](repeating: 0, count: 130), isFinal: false) + clientFrame(.continuation, [UInt8](repeating: 0, count: 71)),
    clientFrame(.text, "ok") + [0x89, 0x85, 0, 0, 0, 0, 1, 2, 3, 4, 5] + [0x89, 0x05],
  ]

  @Test(arguments: streams)
  func `a stream cut at any one byte, or at all of them, is parsed as in one piece`(stream: [UInt8]) {
    let limits = ProtocolState.Limits(maxMessageBytes: 200, maxFragments: 4)
    let whole = events(in: stream, limits: limits)
    #expect(!whole.isEmpty)
    for cut in 0...stream.count { #expect(events(in: stream, cuts: [cut], limits: limits) == whole) }
    #expect(events(in: stream, cuts: Array(0..<stream.count), limits: limits) == whole)
  }

  @Test func `a stream cut at any two bytes yields the events of one piece`() {
    let stream = Self.streams[2]
    let whole = events(in: stream)
    for first in 0..<stream.count {
      for second in first..<stream.count { #expect(events(in: stream, cuts: [first, second]) == whole) }
    }
  }

  @Test(arguments: [ProtocolState.Role.server, .client])
  func `random frames come out as they went in, in segments of random sizes`(role: ProtocolState.Role) {
    var random = SplitMix(seed: 6_455)
    let edges = [0, 1, 3, 7, 8, 9, 124, 125, 126, 127, 128, 300]
    for _ in 0..<2_000 {
      var wire: [UInt8] = []
      func write(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) {
        switch role {
        case .server:
          let key = MaskingKey(bits: .random(in: .min ... .max, using: &random))
          FrameWriter.appendMasked(opcode, payload, isFinal: isFinal, key: key, to: &wire)
        case .client:
          FrameWriter.append(opcode, payload, isFinal: isFinal, to: &wire)
        }
      }
      var expected: [ObservedEvent] = []
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        let count = edges.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
          let payload = random.bytes(min(count, 125))
          write(.ping, payload)
          expected.append(.ping(payload))
        case 1:
          let payload = random.bytes(count)
          write(.binary, payload)
          expected.append(.binary(payload))
        default:
          let text = String((0..<count).map { _ in "aé€😀\u{0}z".randomElement(using: &random) ?? "a" })
          var rest = Array(text.utf8)[...]
          var opcode = Opcode.text
          for _ in 0..<Int.random(in: 0...4, using: &random) {
            let part = rest.prefix(Int.random(in: 0...rest.count, using: &random))
            write(opcode, Array(part), isFinal: false)
            rest = rest.dropFirst(part.count)
            opcode = .continuation
            if Bool.random(using: &random) {
              write(.pong, [7])
              expected.append(.pong([7]))
            }
          }
          write(opcode, Array(rest))
          expected.append(.text(text))
        }
      }
      let cuts = (0..<Int.random(in: 0...12, using: &random)).map { _ in Int.random(in: 0...wire.count, using: &random) }.sorted()
      #expect(events(in: wire, cuts: cuts, role: role) == expected)
    }
  }
}
