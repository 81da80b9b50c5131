// HTTP/1.1 connections by number, kept alive, one request at a time on each.
import EventLoop
import Glibc
import Posix

final class HTTPLines {
  private struct Line {
    var socket: Int32
    var generation: UInt32
    /// The beginning of an answer whose end has not arrived.
    var rest: [UInt8] = []
    var outbox = SendBuffer()
    var waitsForWriting = false
  }

  private let loop: EventLoop<Order>
  private let address: SocketAddress
  private let buffer = ReceiveBuffer()
  private var lines: [Line] = []
  /// Connections that the server closed after an answer, as HTTP lets it, and that were opened again.
  private(set) var reopened = 0

  init(_ plan: Plan, _ loop: EventLoop<Order>) throws(Errno) {
    self.loop = loop
    address = try plan.server()
    for index in plan.lines.indices {
      lines.append(Line(socket: -1, generation: 0))
      try open(index)
    }
  }

  /// Sends a request; the line has none under way.
  func send(_ index: Int, _ request: [UInt8]) {
    lines[index].outbox.append(request)
    flush(index)
  }

  /// Does what the socket is ready for; calls `answered` with a whole answer and the bytes it lies in.
  func ready(_ token: Token, _ readiness: Epoll.Readiness, _ answered: (Int, HTTPAnswer, UnsafeRawBufferPointer) -> Void) {
    let index = Int(token.slot)
    // An event of the connection that was here before this one.
    guard lines[index].generation == token.generation else { return }
    if readiness.canWrite { flush(index) }
    if readiness.canRead { read(index, answered) }
  }

  private func open(_ index: Int) throws(Errno) {
    let socket = try Dial.open(address)
    lines[index] = Line(socket: socket, generation: lines[index].generation + 1)
    do { try loop.add(socket, .read, token(index)) } catch { throw Errno("epoll_ctl") }
  }

  private func read(_ index: Int, _ answered: (Int, HTTPAnswer, UnsafeRawBufferPointer) -> Void) {
    let bytes = buffer.read(lines[index].socket, after: lines[index].rest) {
      Report.void("connection \(index) was closed before its answer")
    }
    guard let bytes else { return }
    lines[index].rest.removeAll(keepingCapacity: true)
    switch HTTPAnswer.read(bytes) {
    case .needMore:
      lines[index].rest.append(contentsOf: bytes)
    case .answer(let answer, let size) where size == bytes.count:
      if answer.closes { reopen(index) }
      answered(index, answer, bytes)
    default:
      Report.void("connection \(index) got no HTTP: \(UnsafeRawBufferPointer(rebasing: bytes.prefix(500)).text)")
    }
  }

  private func reopen(_ index: Int) {
    loop.remove(lines[index].socket)
    close(lines[index].socket)
    reopened += 1
    do throws(Errno) { try open(index) } catch { Report.void("opening connection \(index) again: \(error)") }
  }

  private func flush(_ index: Int) {
    let outcome = lines[index].outbox.flush(to: lines[index].socket)
    guard outcome != .gone else { Report.void("connection \(index) was reset by the server") }
    let waits = outcome == .blocked
    guard waits != lines[index].waitsForWriting else { return }
    lines[index].waitsForWriting = waits
    try? loop.change(lines[index].socket, waits ? [.read, .write] : .read, token(index))
  }

  private func token(_ index: Int) -> Token { Token(slot: UInt32(index), generation: lines[index].generation) }
}
