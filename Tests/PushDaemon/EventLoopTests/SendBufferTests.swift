// Bytes that wait for a peer that reads slowly, or not at all.
import EventLoop
import Glibc
import Posix
import TestSupport
import Testing

@Suite struct SendBufferTests {
  private static func pattern(_ count: Int, from start: Int = 0) -> [UInt8] {
    (start..<start + count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
  }

  private static func send(_ sendBuffer: inout SendBuffer, _ bytes: [UInt8], to socket: Int32) -> SendBuffer.Outcome {
    bytes.withUnsafeBytes { sendBuffer.send(shared: $0, to: socket) }
  }

  @Test func `a peer that reads gets everything at once and nothing is kept`() {
    let pair = SocketPair()
    var sendBuffer = SendBuffer()
    #expect(Self.send(&sendBuffer, Array("hello".utf8), to: pair.near.number) == .drained)
    sendBuffer.append(Array(" wor".utf8))
    sendBuffer.write { $0 += Array("ld".utf8) }
    #expect(sendBuffer.count == 6)
    #expect(sendBuffer.flush(to: pair.near.number) == .drained && sendBuffer.isEmpty)
    #expect(sendBuffer.flush(to: pair.near.number) == .drained)
    #expect(readSome(pair.far.number) == Array("hello world".utf8))
  }

  @Test func `what a full socket does not take waits, and arrives in order without a byte missing or twice`() {
    let pair = SocketPair(sendBytes: 4096)
    var sendBuffer = SendBuffer()
    var random = SplitMix(seed: 6)
    var written = 0
    var read: [UInt8] = []
    var blocked = 0
    while read.count < 3_000_000 {
      if written < 3_000_000 {
        let more = Self.pattern(random.int(1...20_000), from: written)
        written += more.count
        let before = sendBuffer.count
        let outcome = Self.send(&sendBuffer, more, to: pair.near.number)
        #expect(outcome != .gone && (outcome == .blocked) == (sendBuffer.count > 0))
        if before > 0 { #expect(sendBuffer.count == before + more.count, "what comes later waits behind what waits") }
        if outcome == .blocked { blocked += 1 }
      } else if sendBuffer.isEmpty, written == read.count {
        break
      }
      for _ in 0..<random.int(0...3) { read += readSome(pair.far.number, max: random.int(1...30_000)) }
      if random.int(0...1) == 0 {
        let outcome = sendBuffer.flush(to: pair.near.number)
        #expect((outcome == .drained) == sendBuffer.isEmpty)
      }
    }
    #expect(blocked > 20, "the socket was never full")
    #expect(read == Self.pattern(read.count))
  }

  @Test func `a peer that is always a little behind does not pin the bytes it has read`() {
    let pair = SocketPair(sendBytes: 4096)
    var sendBuffer = SendBuffer()
    let portion = [UInt8](repeating: 7, count: 20_000)
    for _ in 0..<20 { sendBuffer.append(portion) }
    var highest = 0
    for _ in 0..<500 {
      sendBuffer.append(portion)
      while sendBuffer.count > 400_000 {
        _ = sendBuffer.flush(to: pair.near.number)
        _ = readSome(pair.far.number)
      }
      highest = max(highest, sendBuffer.write { $0.count })
    }
    #expect(sendBuffer.count > 200_000, "the peer was never level")
    #expect(highest < 2_000_000, "of at most 420,000 unsent bytes, \(highest) were kept")
  }

  @Test func `a peer that is gone is noticed by every way of writing`() {
    var sendBuffer = SendBuffer()
    let near = SocketPair().hangUp()
    #expect(Self.send(&sendBuffer, [1, 2, 3], to: near.number) == .gone && sendBuffer.isEmpty)
    sendBuffer.append([1, 2, 3])
    #expect(sendBuffer.flush(to: near.number) == .gone)
  }

  @Test func `nothing to send is nothing to wait for`() {
    let pair = SocketPair()
    var sendBuffer = SendBuffer()
    #expect(Self.send(&sendBuffer, [], to: pair.near.number) == .drained)
    #expect(sendBuffer.flush(to: -1) == .drained && sendBuffer.isEmpty)
  }
}
