// A WebSocket server that echoes text and binary messages of up to 16 MiB.
import Auth
import EventLoop
import Glibc
import Posix
import WebSocket

final class EchoServer: EventHandler {
  typealias Message = Never

  private final class Client {
    let token: Token
    let socket: Int32
    var parser = HandshakeParser()
    var request: [UInt8] = []
    var isOpen = false
    var protocolState = ProtocolState(role: .server)
    var sendBuffer = SendBuffer()

    init(_ token: Token, socket: Int32) {
      self.token = token
      self.socket = socket
    }
  }

  private let limits = ProtocolState.Limits(maxMessageBytes: 16 << 20, maxFragments: 1 << 20)
  private let loop: EventLoop<Never>
  private var clients = Slab<Client>()
  private let received = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)

  let isFinished = false

  /// `--listen 127.0.0.1:PORT`; with port 0 the kernel chooses one, which is printed on standard output.
  static func main(arguments: [String]) -> Int32 {
    guard arguments.count == 2, arguments[0] == "--listen", let address = SocketAddress(arguments[1]) else {
      print("usage: echochat-ws-echo --listen 127.0.0.1:PORT")
      return 64
    }
    do {
      let socket = try listeningSocket(at: address, nonblocking: true)
      print("listening on \(boundAddress(of: socket.number) ?? address)")
      fflush(nil)
      let listener = Listener(listening: socket)
      let thread = Thread(name: "echo") { run(listener) }
      Signals.waitForTermination()
      _ = thread
      return 0
    } catch {
      print("\(error)")
      return 1
    }
  }

  private static func run(_ listener: Listener) {
    do {
      let loop = try EventLoop(mailbox: try Mailbox<Never>())
      try loop.listen(listener)
      loop.run(EchoServer(loop))
    } catch {
      print("\(error)")
      exit(1)
    }
  }

  private init(_ loop: EventLoop<Never>) {
    self.loop = loop
  }

  func accepted(_ socket: Int32) {
    let client = clients.insert { Client($0, socket: socket) }
    do { try loop.add(socket, .read, client.token) } catch { drop(client) }
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    if let client = clients[token], readiness.canWrite { flush(client) }
    if let client = clients[token], readiness.canRead { read(client) }
  }

  func handle(_ messages: [Never]) {}
  func iterationEnded() {}
  func tick(_ now: Int64) {}

  private func read(_ client: Client) {
    let count = recv(client.socket, received.baseAddress, received.count, 0)
    guard count > 0 else {
      if count == 0 || (errno != EAGAIN && errno != EINTR) { drop(client) }
      return
    }
    let bytes = UnsafeMutableRawBufferPointer(rebasing: received[..<count])
    if client.isOpen { readFrames(client, bytes) } else { handleHandshake(client, UnsafeRawBufferPointer(bytes)) }
    flush(client)
  }

  private func handleHandshake(_ client: Client, _ bytes: UnsafeRawBufferPointer) {
    client.request.append(contentsOf: bytes)
    let request = client.request
    do throws(HandshakeError) {
      switch client.parser.parse(request) {
      case .needMore: return
      case .refused(let error): throw error
      case .request(let head, let consumed):
        let upgrade = try head.upgrade()
        client.isOpen = true
        client.request = []
        client.sendBuffer.write { HTTPResponse.appendSwitchingProtocols(upgrade, sha1: Digest.sha1, to: &$0) }
        var rest = Array(request[consumed...])
        rest.withUnsafeMutableBytes { readFrames(client, $0) }
      }
    } catch {
      client.sendBuffer.write { HTTPResponse.append(error, problem: Array("{}".utf8), to: &$0) }
      flush(client)
      drop(client)
    }
  }

  private func readFrames(_ client: Client, _ bytes: UnsafeMutableRawBufferPointer) {
    var input = ReceivedBytes(bytes)
    while let event = client.protocolState.nextEvent(in: &input, limits: limits) {
      var reply: [UInt8] = []
      switch event {
      case .text(let payload): payload.withUnsafeBytes { FrameWriter.append(.text, $0, to: &reply) }
      case .binary(let payload): payload.withUnsafeBytes { FrameWriter.append(.binary, $0, to: &reply) }
      default: client.protocolState.appendAnswer(to: event, to: &reply)
      }
      client.sendBuffer.append(reply)
    }
  }

  private func flush(_ client: Client) {
    switch client.sendBuffer.flush(to: client.socket) {
    case .gone: drop(client)
    case .blocked: try? loop.change(client.socket, [.read, .write], client.token)
    case .drained:
      try? loop.change(client.socket, .read, client.token)
      if client.protocolState.isFinished { drop(client) }
    }
  }

  private func drop(_ client: Client) {
    guard clients[client.token] != nil else { return }
    loop.remove(client.socket)
    clients.remove(client.token)
    shutdown(client.socket, Int32(SHUT_WR))
    close(client.socket)
  }
}
