// An event loop with its sockets, messages and ticks.
import EventLoop
import Glibc
import Posix
import TestSupport
import Testing

/// Echoes in capitals what its peers send, logs what happens, and ends on a message.
private final class Echo: EventHandler {
  let loop: EventLoop<String>
  final class Connection {
    let token: Token
    let socket: Int32
    var sendBuffer = SendBuffer()

    init(_ token: Token, _ socket: Int32) {
      self.token = token
      self.socket = socket
    }
  }

  var connections = Slab<Connection>()
  var log: [String] = []
  var ticks: [Int64] = []
  var isFinished = false
  private var dirty: [Token] = []

  init(_ loop: EventLoop<String>) { self.loop = loop }

  func accepted(_ socket: Int32) {
    try? loop.add(socket, .read, connections.insert { Connection($0, socket) }.token)
    log.append("accepted")
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    guard let socket = connections[token]?.socket else {
      log.append("stale")
      return
    }
    guard readiness.canRead else { return }
    let bytes = readSome(socket, max: 100)
    guard !bytes.isEmpty else {
      loop.remove(socket)
      connections.remove(token)
      close(socket)
      log.append("gone")
      return
    }
    connections[token]?.sendBuffer.append(Array(String(decoding: bytes, as: UTF8.self).uppercased().utf8))
    dirty.append(token)
  }

  func handle(_ messages: [String]) {
    for message in messages {
      log.append(message)
      if message == "end" { isFinished = true }
      if message == "stop listening" { loop.stopListening() }
    }
  }

  func iterationEnded() {
    for token in dirty { if let connection = connections[token] { _ = connection.sendBuffer.flush(to: connection.socket) } }
    dirty = []
  }

  func tick(_ now: Int64) {
    ticks.append(now)
    if ticks.count == 3 { log.append("third tick") }
  }
}

@Suite struct EventLoopTests {
  private static func waitFor(_ socket: Int32) -> String {
    var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    _ = poll(&ready, 1, 10_000)
    return String(decoding: readSome(socket), as: UTF8.self)
  }

  private static func connect(to address: SocketAddress) throws -> FileDescriptor {
    let client = FileDescriptor(owning: try check("socket") { socket(address.family, Int32(SOCK_STREAM.rawValue), 0) })
    let number = client.number
    try address.withSockaddr { (pointer, length) throws(Errno) in _ = try check("connect") { Glibc.connect(number, pointer, length) } }
    return client
  }

  @Test func `connections are read, answered at the end of the iteration, and closed when the peer hangs up`() throws {
    let mailbox = try Mailbox<String>()
    let first = SocketPair()
    let second = SocketPair()
    let log = Condition<[String]>([])
    // The loop closes the near ends itself.
    let connections = [dup(first.near.number), dup(second.near.number)]
    let thread = Thread(name: "loop") {
      guard let loop = try? EventLoop(mailbox: mailbox) else { return }
      let echo = Echo(loop)
      for connection in connections { echo.accepted(connection) }
      loop.run(echo)
      let result = echo.log
      log.update { $0 = result }
    }
    for word in ["alice", "bob"] {
      #expect(writeAll(first.far.number, Array(word.utf8)))
      #expect(Self.waitFor(first.far.number) == word.uppercased())
    }
    #expect(writeAll(second.far.number, Array("mallory".utf8)))
    #expect(Self.waitFor(second.far.number) == "MALLORY")
    shutdown(second.far.number, Int32(SHUT_WR))
    mailbox.send("message")
    // Level-triggered: what is too long for one read is reported again.
    #expect(writeAll(first.far.number, [UInt8](repeating: UInt8(ascii: "x"), count: 950)))
    var echoed = ""
    while echoed.utf8.count < 950 {
      let more = Self.waitFor(first.far.number)
      if more.isEmpty { break }
      echoed += more
    }
    #expect(echoed == String(repeating: "X", count: 950))
    mailbox.send("end")
    thread.join()
    #expect(log.update { $0 }.sorted() == ["accepted", "accepted", "end", "gone", "message"])
  }

  @Test func `connections are accepted until the loop stops listening`() throws {
    let mailbox = try Mailbox<String>()
    let socket = try listeningSocket(at: .ipv4(host: "127.0.0.1", port: 0), nonblocking: true)
    let address = try #require(boundAddress(of: socket.number))
    let listener = Listener(listening: socket)
    defer { close(listener.descriptor) }
    let log = Condition<[String]>([])
    let thread = Thread(name: "loop") {
      guard let loop = try? EventLoop(mailbox: mailbox), (try? loop.listen(listener)) != nil else { return }
      let echo = Echo(loop)
      loop.run(echo)
      let result = echo.log
      log.update { $0 = result }
    }
    // More than one iteration accepts.
    var answered = 0
    for _ in 0..<2 * Listener.acceptsPerIterationMax {
      let client = try Self.connect(to: address)
      #expect(writeAll(client.number, Array("x".utf8)))
      if Self.waitFor(client.number) == "X" { answered += 1 }
    }
    #expect(answered == 2 * Listener.acceptsPerIterationMax)
    mailbox.send("stop listening")
    mailbox.send("end")
    thread.join()
    #expect(log.update { $0 }.filter { $0 == "accepted" }.count == answered)
    guard case .wouldBlock = listener.accept() else {
      Issue.record("a connection was not accepted")
      return
    }
  }

  @Test func `the loop ticks four times a second, also when nothing else happens`() throws {
    let mailbox = try Mailbox<String>()
    let ticks = Condition<[Int64]>([])
    let thread = Thread(name: "loop") {
      guard let loop = try? EventLoop(mailbox: mailbox) else { return }
      let echo = Echo(loop)
      let begin = loop.now()
      // Ends by itself at the third tick: no message, no socket wakes it.
      final class UntilThird: EventHandler {
        let echo: Echo
        init(_ echo: Echo) { self.echo = echo }
        func accepted(_ socket: Int32) {}
        func ready(_ token: Token, _ readiness: Epoll.Readiness) {}
        func handle(_ messages: [String]) {}
        func iterationEnded() {}
        func tick(_ now: Int64) { echo.tick(now) }
        var isFinished: Bool { echo.log.contains("third tick") }
      }
      loop.run(UntilThird(echo))
      let result = [begin] + echo.ticks
      ticks.update { $0 = result }
    }
    thread.join()
    let times = ticks.update { $0 }
    #expect(times.count == 4)
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= EventLoop<String>.tickMilliseconds })
  }

  @Test func `an event of a socket that was closed in the same iteration finds nothing`() throws {
    let mailbox = try Mailbox<String>()
    final class Tenant {
      let token: Token
      init(_ token: Token) { self.token = token }
    }
    var connections = Slab<Tenant>()
    let pair = SocketPair()
    let epoll = try Epoll()
    let old = connections.insert { Tenant($0) }.token
    try epoll.add(pair.near.number, .read, old)
    #expect(writeAll(pair.far.number, [1]))
    connections.remove(old)
    let tenant = connections.insert { Tenant($0) }.token
    #expect(epoll.wait(milliseconds: 0) == 1)
    let (token, readiness) = epoll.event(0)
    #expect(readiness.canRead && !readiness.hasHungUp && !readiness.canWrite)
    #expect(token == old && old.slot == tenant.slot && connections[old] == nil)
    epoll.remove(pair.near.number)
    #expect(epoll.wait(milliseconds: 0) == 0, "no socket is watched any more")
    #expect(mailbox.drain() == [])
  }

  @Test func `readiness distinguishes reading, writing and hanging up`() throws {
    let epoll = try Epoll()
    let token = Token(slot: 5, generation: 0xffff_ffff)
    func readiness(_ interest: Epoll.Interest, _ socket: Int32) throws -> Epoll.Readiness? {
      try epoll.change(socket, interest, token)
      guard epoll.wait(milliseconds: 0) == 1 else { return nil }
      #expect(epoll.event(0).token == token)
      return epoll.event(0).readiness
    }
    let pair = SocketPair()
    try epoll.add(pair.near.number, .read, token)
    #expect(try readiness(.read, pair.near.number) == nil)
    #expect(try readiness([.read, .write], pair.near.number)?.canWrite == true)
    shutdown(pair.far.number, Int32(SHUT_WR))
    let halfClosed = try #require(try readiness(.read, pair.near.number))
    #expect(halfClosed.canRead && !halfClosed.hasHungUp)
    let near = pair.hangUp()
    let closed = try #require(try readiness([], near.number))
    #expect(closed.hasHungUp && closed.canRead)
  }
}
