// Kept-alive HTTP/1.1 connections by index, with one request at a time on each.
import EventLoop
import Glibc
import Posix

final class HTTPConnections {
  private struct Connection {
    var socket: Int32
    var generation: UInt32
    /// The start of an incomplete response.
    var rest: [UInt8] = []
    var sendBuffer = SendBuffer()
    var isWaitingForWrite = false
  }

  private let loop: EventLoop<DriverCommand>
  private let address: SocketAddress
  private let buffer = ReceiveBuffer()
  private var connections: [Connection] = []
  /// Connections that the server closed after a response, as HTTP allows, and that were opened again.
  private(set) var reopened = 0

  init(_ plan: Plan, _ loop: EventLoop<DriverCommand>) throws(Errno) {
    self.loop = loop
    address = try plan.server()
    for index in plan.connections.indices {
      connections.append(Connection(socket: -1, generation: 0))
      try open(index)
    }
  }

  /// Sends a request on a connection without one in flight.
  func send(_ index: Int, _ request: [UInt8]) {
    connections[index].sendBuffer.append(request)
    flush(index)
  }

  /// Reads and writes what the socket is ready for; calls `completed` with each whole response and its bytes.
  func ready(_ token: Token, _ readiness: Epoll.Readiness, _ completed: (Int, ReceivedResponse, UnsafeRawBufferPointer) -> Void) {
    let index = Int(token.slot)
    // Skips an event of the earlier connection with this index.
    guard connections[index].generation == token.generation else { return }
    if readiness.canWrite { flush(index) }
    if readiness.canRead { read(index, completed) }
  }

  private func open(_ index: Int) throws(Errno) {
    let socket = try Connector.connect(to: address)
    connections[index] = Connection(socket: socket, generation: connections[index].generation + 1)
    do { try loop.add(socket, .read, token(index)) } catch { throw Errno("epoll_ctl") }
  }

  private func read(_ index: Int, _ completed: (Int, ReceivedResponse, UnsafeRawBufferPointer) -> Void) {
    let bytes = buffer.read(connections[index].socket, after: connections[index].rest) {
      Report.invalid("connection \(index) was closed before its response")
    }
    guard let bytes else { return }
    connections[index].rest.removeAll(keepingCapacity: true)
    switch ReceivedResponse.read(bytes) {
    case .needMore:
      connections[index].rest.append(contentsOf: bytes)
    case .response(let response, let size) where size == bytes.count:
      if response.closes { reopen(index) }
      completed(index, response, bytes)
    default:
      Report.invalid("connection \(index) received no HTTP: \(UnsafeRawBufferPointer(rebasing: bytes.prefix(500)).text)")
    }
  }

  private func reopen(_ index: Int) {
    loop.remove(connections[index].socket)
    close(connections[index].socket)
    reopened += 1
    do throws(Errno) { try open(index) } catch { Report.invalid("reopening connection \(index): \(error)") }
  }

  private func flush(_ index: Int) {
    let outcome = connections[index].sendBuffer.flush(to: connections[index].socket)
    guard outcome != .gone else { Report.invalid("connection \(index) was reset by the server") }
    let waits = outcome == .blocked
    guard waits != connections[index].isWaitingForWrite else { return }
    connections[index].isWaitingForWrite = waits
    try? loop.change(connections[index].socket, waits ? [.read, .write] : .read, token(index))
  }

  private func token(_ index: Int) -> Token { Token(slot: UInt32(index), generation: connections[index].generation) }
}
