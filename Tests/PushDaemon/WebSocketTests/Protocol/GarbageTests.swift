// Whatever arrives, the daemon stands.

import Testing
import WebSocket

@Suite struct GarbageTests {
  private static let limits = ProtocolState.Limits(maxMessageBytes: 300, maxFragments: 4)

  /// Half noise, half valid frames with a few bytes changed: pure noise rarely gets past its second byte.
  private func garbage(_ random: inout SplitMix) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      if Int.random(in: 0..<4, using: &random) == 0 {
        bytes += random.bytes(Int.random(in: 0...20, using: &random))
      } else {
        let opcodes: [Opcode] = [.continuation, .text, .text, .binary, .close, .ping, .pong]
        let opcode = opcodes.randomElement(using: &random) ?? .text
        let bits: UInt8 = Int.random(in: 0..<8, using: &random) == 0 ? 0xFF : 0x7F
        let noise = random.bytes(Int.random(in: 0...140, using: &random)).map { $0 & bits }
        let payload = opcode == .close && Bool.random(using: &random) ? [0x03, 0xE8] + noise : noise
        bytes += clientFrame(opcode, payload, isFinal: Int.random(in: 0..<4, using: &random) != 0)
      }
    }
    for _ in 0..<Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
    }
    return bytes
  }

  @Test func `twenty thousand streams of garbage trap nowhere, fail at most once, and yield the same events however they are cut`() {
    var random = SplitMix(seed: 20_000)
    var (violations, texts, closes) = (0, 0, 0)
    for number in 0..<20_000 {
      let bytes = garbage(&random)
      let whole = events(in: bytes, limits: Self.limits)
      let failures = whole.filter(\.isViolation).count
      let cuts = (0..<Int.random(in: 1...8, using: &random)).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
      let inPieces = events(in: bytes, cuts: cuts, limits: Self.limits)
      if failures > 1 || (failures == 1 && whole.last?.isViolation != true) || inPieces != whole {
        Issue.record("case \(number): \(bytes)")
      }
      violations += failures
      for event in whole {
        if case .text = event { texts += 1 }
        if case .close = event { closes += 1 }
      }
    }
    // The generator reaches all three ends, or this test would prove little.
    #expect(violations > 5_000)
    #expect(texts > 1_000)
    #expect(closes > 100)
  }

  @Test func `garbage for a client traps nowhere either`() {
    var random = SplitMix(seed: 7)
    for _ in 0..<5_000 {
      let bytes = random.bytes(Int.random(in: 0...60, using: &random)).enumerated().map { $0 == 1 ? $1 & 0x7F : $1 }
      #expect(events(in: bytes, role: .client, limits: Self.limits).filter(\.isViolation).count <= 1)
    }
  }

  @Test func `garbage in the handshake traps nowhere`() {
    var random = SplitMix(seed: 11)
    let valid = upgradeHead(
      "GET /ws?token=a%20b&x=1 HTTP/1.1", adding: ["Authorization: Bearer x", "Sec-WebSocket-Protocol: a, b"])
    let lively = Array("\r\n :,%?&=/\u{0}\u{7F}\tHGé0".utf8)
    var (requests, refusals) = (0, 0)
    for _ in 0..<20_000 {
      var bytes = valid
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let position = Int.random(in: 0..<bytes.count, using: &random)
        let byte = lively.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[position] = byte
        case 1: bytes.insert(byte, at: position)
        default: bytes.remove(at: position)
        }
      }
      var parser = HandshakeParser()
      switch parser.parse(bytes) {
      case .needMore: break
      case .refused: refusals += 1
      case .request(let request, let consumed):
        requests += 1
        _ = (try? request.upgrade(), request.bearerToken, request.subprotocols, request.query("token"), request.origin)
        #expect(consumed <= bytes.count)
      }
      var client = ClientHandshake(key: "")
      _ = client.parse(bytes)
    }
    #expect(requests > 1_000 && refusals > 1_000)
  }
}
