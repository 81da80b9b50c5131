// The client's end of a connection, for tests without a network.
import EventLoop
import Glibc
import Posix
import WebSocket

@testable import PushDaemon

/// Watches no socket: a test calls what the loop would call, and sets the clock.
final class FakeSockets: SocketRegistry {
  var time: Int64 = 1000
  var isFull = false
  private(set) var interests: [Int32: Epoll.Interest] = [:]

  func add(_ socket: Int32, _ interest: Epoll.Interest, _ token: Token) throws {
    if isFull { throw Errno("epoll_ctl") }
    interests[socket] = interest
  }

  func change(_ socket: Int32, _ interest: Epoll.Interest, _ token: Token) throws { interests[socket] = interest }
  func remove(_ socket: Int32) { interests[socket] = nil }
  func now() -> Int64 { time }
}

/// A connected pair of Unix sockets that keep the borders of writes, so that a test sees what was one write. `ConnectionIO` owns the near end.
final class TestPeer {
  let near: Int32
  private let far: FileDescriptor
  /// The connection at the near end.
  var connection: Connection {
    guard let accepted else { preconditionFailure("not connected") }
    return accepted
  }
  var accepted: Connection?
  private var afterHead: [UInt8] = []
  private var protocolState = ProtocolState(role: .client)

  /// `sendBytes`: asks the kernel to take no more than about so many bytes at a time.
  init(sendBytes: Int32? = nil, isStream: Bool = false) {
    var ends: [Int32] = [0, 0]
    let kind = Int32(isStream ? SOCK_STREAM.rawValue : SOCK_SEQPACKET.rawValue)
    guard socketpair(AF_UNIX, kind | Int32(SOCK_NONBLOCK.rawValue), 0, &ends) == 0 else { fatalError("socketpair failed") }
    near = ends[0]
    far = FileDescriptor(owning: ends[1])
    if var size = sendBytes { setsockopt(near, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
  }

  func sendBytes(_ bytes: [UInt8]) {
    precondition(Glibc.send(far.number, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
  }

  func sendText(_ text: String) { sendFrame(.text, Array(text.utf8)) }

  func sendFrame(_ opcode: Opcode, _ payload: [UInt8]) { sendBytes(Self.masked(opcode, payload)) }

  static func masked(_ opcode: Opcode, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    FrameWriter.appendMasked(opcode, payload, key: MaskingKey(bits: 0x0403_0201), to: &bytes)
    return bytes
  }

  /// No more bytes from this end.
  func hangUp() { shutdown(far.number, Int32(SHUT_WR)) }

  /// The bytes of one write (or, of a stream, what is there); nil if there is nothing to read.
  func nextWrite() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    let count = recv(far.number, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return count > 0 ? Array(buffer.prefix(count)) : nil
  }

  /// The head of the response to an upgrade; frames of the same write are kept for `frames`.
  @discardableResult
  func readHead() -> String {
    let bytes = nextWrite() ?? []
    let end = bytes.indices.first { bytes[$0...].starts(with: Array("\r\n\r\n".utf8)) }.map { $0 + 4 } ?? bytes.count
    afterHead = Array(bytes[end...])
    return String(decoding: bytes[..<end], as: UTF8.self)
  }

  /// Whether the near end is closed and everything was read.
  var isClosed: Bool {
    var byte: UInt8 = 0
    return recv(far.number, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK)) == 0
  }

  /// The frames of each write since the last call: texts as they are, `ping`, `pong` and `close CODE REASON`.
  func writes() -> [[String]] {
    var writes = afterHead.isEmpty ? [] : [frames(in: afterHead)]
    afterHead = []
    while let bytes = nextWrite() { writes.append(frames(in: bytes)) }
    return writes
  }

  func frames() -> [String] { writes().flatMap(\.self) }

  private func frames(in bytes: [UInt8]) -> [String] {
    var bytes = bytes
    var frames: [String] = []
    bytes.withUnsafeMutableBytes { bytes in
      var input = ReceivedBytes(bytes)
      let limits = ProtocolState.Limits(maxMessageBytes: 1 << 20, maxFragments: 1)
      while let event = protocolState.nextEvent(in: &input, limits: limits) {
        switch event {
        case .text(let payload): frames.append(String(decoding: payload.copy(), as: UTF8.self))
        case .ping: frames.append("ping")
        case .pong: frames.append("pong")
        case .close(let code, let reason):
          frames.append("close \(code?.rawValue ?? 0) \(String(decoding: reason.copy(), as: UTF8.self))")
        case .binary, .violation: frames.append("not a server's frame")
        }
      }
    }
    return frames
  }
}
