// Bytes that wait for a peer who reads slowly, or not at all.
import EventLoop
import Glibc
import Posix
import TestSupport
import Testing

@Suite struct SendBufferTests {
  private static func pattern(_ count: Int, from start: Int = 0) -> [UInt8] {
    (start..<start + count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
  }

  private static func send(_ outbox: inout SendBuffer, _ bytes: [UInt8], to socket: Int32) -> SendBuffer.Outcome {
    bytes.withUnsafeBytes { outbox.send(shared: $0, to: socket) }
  }

  @Test func `a peer who reads gets everything at once and nothing is kept`() {
    let pair = SocketPair()
    var outbox = SendBuffer()
    #expect(Self.send(&outbox, Array("hello".utf8), to: pair.near.number) == .drained)
    outbox.append(Array(" wor".utf8))
    outbox.write { $0 += Array("ld".utf8) }
    #expect(outbox.count == 6)
    #expect(outbox.flush(to: pair.near.number) == .drained && outbox.isEmpty)
    #expect(outbox.flush(to: pair.near.number) == .drained)
    #expect(readSome(pair.far.number) == Array("hello world".utf8))
  }

  @Test func `what a full socket does not take waits, and arrives in order without a byte missing or twice`() {
    let pair = SocketPair(sendBytes: 4096)
    var outbox = SendBuffer()
    var random = SplitMix(seed: 6)
    var written = 0
    var read: [UInt8] = []
    var blocked = 0
    while read.count < 3_000_000 {
      if written < 3_000_000 {
        let more = Self.pattern(random.int(1...20_000), from: written)
        written += more.count
        let before = outbox.count
        let outcome = Self.send(&outbox, more, to: pair.near.number)
        #expect(outcome != .gone && (outcome == .blocked) == (outbox.count > 0))
        if before > 0 { #expect(outbox.count == before + more.count, "what comes later waits behind what waits") }
        if outcome == .blocked { blocked += 1 }
      } else if outbox.isEmpty, written == read.count {
        break
      }
      for _ in 0..<random.int(0...3) { read += readSome(pair.far.number, max: random.int(1...30_000)) }
      if random.int(0...1) == 0 {
        let outcome = outbox.flush(to: pair.near.number)
        #expect((outcome == .drained) == outbox.isEmpty)
      }
    }
    #expect(blocked > 20, "the socket was never full")
    #expect(read == Self.pattern(read.count))
  }

  @Test func `a peer who is always a little behind does not make the outbox keep what she has read`() {
    let pair = SocketPair(sendBytes: 4096)
    var outbox = SendBuffer()
    let portion = [UInt8](repeating: 7, count: 20_000)
    for _ in 0..<20 { outbox.append(portion) }
    var highest = 0
    for _ in 0..<500 {
      outbox.append(portion)
      while outbox.count > 400_000 {
        _ = outbox.flush(to: pair.near.number)
        _ = readSome(pair.far.number)
      }
      highest = max(highest, outbox.write { $0.count })
    }
    #expect(outbox.count > 200_000, "she was never level")
    #expect(highest < 2_000_000, "of at most 420,000 unsent bytes, \(highest) were kept")
  }

  @Test func `a peer who has gone is noticed by every way of writing`() {
    var outbox = SendBuffer()
    let near = SocketPair().hangUp()
    #expect(Self.send(&outbox, [1, 2, 3], to: near.number) == .gone && outbox.isEmpty)
    outbox.append([1, 2, 3])
    #expect(outbox.flush(to: near.number) == .gone)
  }

  @Test func `nothing to send is nothing to wait for`() {
    let pair = SocketPair()
    var outbox = SendBuffer()
    #expect(Self.send(&outbox, [], to: pair.near.number) == .drained)
    #expect(outbox.flush(to: -1) == .drained && outbox.isEmpty)
  }
}
