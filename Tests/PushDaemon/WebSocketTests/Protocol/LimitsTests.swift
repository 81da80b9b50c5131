// Bounds hold exactly, and an idle connection costs next to nothing.

import Testing
import WebSocket

@Suite struct LimitsTests {
  private let small = ProtocolState.Limits(maxMessageBytes: 200, maxFragments: 3)

  @Test func `a message may be as large as the limit`() {
    let bytes = [UInt8](repeating: 0x61, count: 200)
    #expect(events(in: clientFrame(.binary, bytes), limits: small) == [.binary(bytes)])
    let fragments = clientFrame(.binary, Array(bytes[..<150]), isFinal: false) + clientFrame(.continuation, Array(bytes[150...]))
    #expect(events(in: fragments, limits: small) == [.binary(bytes)])
  }

  @Test func `one byte more is refused on its announcement`() {
    let header = clientFrame(.binary, [UInt8](repeating: 0, count: 201))[..<8]
    #expect(events(in: Array(header), limits: small) == [.violation(.tooBig)])
    let first = clientFrame(.text, [UInt8](repeating: 0x61, count: 150), isFinal: false)
    let second = clientFrame(.continuation, [UInt8](repeating: 0x61, count: 51))[..<6]
    #expect(events(in: first + second, limits: small) == [.violation(.tooBig)])
  }

  @Test func `the largest length there is does not overflow`() {
    let frame: [UInt8] = [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
    #expect(events(in: frame) == [.violation(.tooBig)])
    #expect(events(in: frame, limits: .init(maxMessageBytes: .max, maxFragments: .max)).isEmpty)
    #expect(events(in: clientFrame(.binary, [1], isFinal: false) + [0x80] + frame[1...]) == [.violation(.tooBig)])
    let unbounded = ProtocolState.Limits(maxMessageBytes: .max, maxFragments: .max)
    #expect(events(in: clientFrame(.binary, [1], isFinal: false) + [0x80] + frame[1...], limits: unbounded) == [.violation(.tooBig)])
  }

  @Test func `limits that were lowered meanwhile do not trap`() {
    var state = ProtocolState(role: .server)
    #expect(state.receive(clientFrame(.binary, [UInt8](repeating: 0, count: 150), isFinal: false), limits: small).isEmpty)
    let lower = ProtocolState.Limits(maxMessageBytes: 10, maxFragments: -1)
    #expect(state.receive(clientFrame(.continuation, [1]), limits: lower) == [.violation(.tooBig)])
  }

  @Test func `a message may have as many fragments as the limit, and control frames do not count`() {
    let frames =
      clientFrame(.text, "a", isFinal: false) + clientFrame(.ping, "") + clientFrame(.continuation, "b", isFinal: false)
      + clientFrame(.ping, "") + clientFrame(.continuation, "c")
    #expect(events(in: frames + frames, limits: small) == [.ping([]), .ping([]), .text("abc"), .ping([]), .ping([]), .text("abc")])
  }

  @Test func `one fragment more is refused, even if it is empty`() {
    let fragment = clientFrame(.continuation, "", isFinal: false)
    let frames = clientFrame(.text, "", isFinal: false) + fragment + fragment
    #expect(events(in: frames, limits: small).isEmpty)
    #expect(events(in: frames + clientFrame(.continuation, ""), limits: small) == [.violation(.policyViolation)])
  }

  @Test func `the reason of the close names the limit as the server's clients know it`() {
    func reason(_ frames: [UInt8]) -> String? {
      var out: [UInt8] = []
      var state = ProtocolState(role: .server)
      _ = state.receive(frames, answersTo: &out)
      guard case .close(_, let reason)? = eventsForClient(out).first else { return nil }
      return reason
    }
    #expect(reason(clientFrame(.text, [UInt8](repeating: 0x61, count: 65_537))) == "a message has at most 65536 bytes: frame_bytes")
    let fragments = [UInt8]((0..<20).flatMap { clientFrame($0 == 0 ? .text : .continuation, "a", isFinal: false) })
    #expect(reason(fragments) == "a message has at most 16 frames: fragments_per_message")
  }

  @Test func `an idle connection is small and holds no memory of its own`() {
    #expect(MemoryLayout<ProtocolState>.size <= 64)
    #expect(MemoryLayout<ProtocolState>.stride <= 64)
    var state = ProtocolState(role: .server)
    #expect(state.heldBytes == 0)
    let frames =
      clientFrame(.text, String(repeating: "a", count: 5_000), isFinal: false) + clientFrame(.ping, "p") + clientFrame(.continuation, "b")
    var mostHeld = 0
    for byte in frames {
      _ = state.receive([byte])
      mostHeld = max(mostHeld, state.heldBytes)
    }
    #expect(mostHeld >= 5_000)
    #expect(state.heldBytes == 0 && state.isBetweenMessages)
  }

  @Test func `an announced length is not paid for before it arrives`() {
    var state = ProtocolState(role: .server)
    #expect(state.receive(Array(clientFrame(.binary, [UInt8](repeating: 0, count: 65_536))[..<20])).isEmpty)
    #expect(state.heldBytes < 1_024)
  }

  @Test func `what was half received is let go when the connection ends`() {
    var state = ProtocolState(role: .server)
    _ = state.receive(clientFrame(.binary, [UInt8](repeating: 0, count: 5_000), isFinal: false))
    #expect(state.heldBytes >= 5_000)
    _ = state.receive(clientFrame(.close, ""))
    #expect(state.heldBytes == 0)
  }
}
