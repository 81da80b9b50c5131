// Echoes text and binary messages up to 16 MiB, as many clients as come.
import Auth
import EventLoop
import Glibc
import Posix
import WebSocket

final class EchoServer: EventHandler {
  typealias Letter = Never

  private struct Client {
    let socket: Int32
    var parser = HandshakeParser()
    var request: [UInt8] = []
    var isOpen = false
    var protocolState = ProtocolState(role: .server)
    var outbox = Outbox()
  }

  private let limits = ProtocolState.Limits(maxMessageBytes: 16 << 20, maxFragments: 1 << 20)
  private let loop: EventLoop<Never>
  private var clients = Slab<Client>()
  private let received = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)

  let isFinished = false

  /// `--listen 127.0.0.1:PORT`; port 0 lets the kernel choose, and the line on standard output tells which.
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
    let token = clients.insert(Client(socket: socket))
    do { try loop.add(socket, .read, token) } catch { drop(token) }
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    if readiness.canWrite { flush(token) }
    if readiness.canRead { read(token) }
  }

  func received(_ letters: [Never]) {}
  func turnEnded() {}
  func ticked(_ now: Int64) {}

  private func read(_ token: Token) {
    guard let client = clients[token] else { return }
    let count = recv(client.socket, received.baseAddress, received.count, 0)
    guard count > 0 else {
      if count == 0 || (errno != EAGAIN && errno != EINTR) { drop(token) }
      return
    }
    let bytes = UnsafeMutableRawBufferPointer(rebasing: received[..<count])
    if client.isOpen { readFrames(token, bytes) } else { shakeHands(token, UnsafeRawBufferPointer(bytes)) }
    flush(token)
  }

  private func shakeHands(_ token: Token, _ bytes: UnsafeRawBufferPointer) {
    clients[token]?.request.append(contentsOf: bytes)
    guard let request = clients[token]?.request, let progress = clients[token]?.parser.parse(request) else { return }
    do throws(HandshakeRefusal) {
      switch progress {
      case .needMore: return
      case .refused(let refusal): throw refusal
      case .request(let head, let consumed):
        let upgrade = try head.upgrade()
        clients[token]?.isOpen = true
        clients[token]?.request = []
        clients[token]?.outbox.write { HTTPResponse.appendSwitchingProtocols(upgrade, sha1: Digest.sha1, to: &$0) }
        var rest = Array(request[consumed...])
        rest.withUnsafeMutableBytes { readFrames(token, $0) }
      }
    } catch {
      clients[token]?.outbox.write { HTTPResponse.append(error, problem: Array("{}".utf8), to: &$0) }
      flush(token)
      drop(token)
    }
  }

  private func readFrames(_ token: Token, _ bytes: UnsafeMutableRawBufferPointer) {
    var input = ReceivedBytes(bytes)
    while let event = clients[token]?.protocolState.nextEvent(in: &input, limits: limits) {
      var answer: [UInt8] = []
      switch event {
      case .text(let payload): payload.withUnsafeBytes { FrameWriter.append(.text, $0, to: &answer) }
      case .binary(let payload): payload.withUnsafeBytes { FrameWriter.append(.binary, $0, to: &answer) }
      default: clients[token]?.protocolState.appendAnswer(to: event, to: &answer)
      }
      clients[token]?.outbox.append(answer)
    }
  }

  private func flush(_ token: Token) {
    guard let socket = clients[token]?.socket, let outcome = clients[token]?.outbox.flush(to: socket) else { return }
    switch outcome {
    case .gone: drop(token)
    case .blocked: try? loop.change(socket, [.read, .write], token)
    case .drained:
      try? loop.change(socket, .read, token)
      if clients[token]?.protocolState.isFinished == true { drop(token) }
    }
  }

  private func drop(_ token: Token) {
    guard let socket = clients[token]?.socket else { return }
    loop.remove(socket)
    clients.remove(token)
    shutdown(socket, Int32(SHUT_WR))
    close(socket)
  }
}
