// A Unix socket is not taken from the living, and comes back when its file is deleted.
import Glibc
import Posix
import TestSupport
import Testing

@Suite struct UnixSocketTests {
  private let directory = TemporaryDirectory()
  private var path: String { directory.path + "/s.sock" }

  private func listen() throws(Errno) -> UnixSocket { try UnixSocket(path: path, .stream(isNonblocking: true)) }

  /// Whether a connection to the path arrives at this socket.
  private func isReached(_ socket: UnixSocket) -> Bool {
    let client = FileDescriptor(owning: Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
    let number = client.number
    guard
      (try? SocketAddress.unix(path: path).withSockaddr { (pointer, length) throws(Errno) in connect(number, pointer, length) }) == 0
    else { return false }
    let accepted = accept(socket.number, nil, nil)
    guard accepted >= 0 else { return false }
    close(accepted)
    return true
  }

  @Test func `a socket in use is refused to others, who change nothing, and one that is stale is replaced`() throws {
    do {
      let socket = try listen()
      let error = #expect(throws: Errno.self) { _ = try listen() }
      #expect(error?.code == EADDRINUSE && error?.description.contains(path) == true)
      #expect(throws: Errno.self) { _ = try listeningSocket(at: .unix(path: path), nonblocking: true) }
      #expect(isReached(socket))
      unlink(path)
      #expect(throws: Errno.self, "its second name tells that it lives") { _ = try listen() }
    }
    #expect(access(path + "~", F_OK) == 0, "it died without removing its file")
    let next = try listen()
    #expect(isReached(next))
  }

  @Test func `owner and group alone may connect`() throws {
    let socket = try listen()
    var status = stat()
    stat(path, &status)
    #expect(status.st_mode & 0o777 == 0o660)
    socket.remove()
    #expect(TemporaryDirectory.names(in: directory.path) == [])
  }

  @Test func `a deleted path leads to the same socket again`() throws {
    let socket = try listen()
    guard case .unchanged = try socket.restore() else { return fail("nothing had happened") }
    for _ in 0..<2 {
      unlink(path)
      guard case .linked = try socket.restore() else { return fail("it was not linked") }
      #expect(isReached(socket))
    }
    unlink(path + "~")
    _ = try socket.restore()
    unlink(path)
    guard case .linked = try socket.restore() else { return fail("the second name was not renewed") }
    #expect(isReached(socket))
  }

  @Test func `when both names or the directory are gone, another socket is bound under the same number`() throws {
    let socket = try listen()
    let number = socket.number
    TemporaryDirectory.remove(directory.path)
    guard case .rebound = try socket.restore() else { return fail("it was not bound") }
    #expect(socket.number == number && isReached(socket))
    guard case .unchanged = try socket.restore() else { return fail("it is in place") }
  }

  @Test func `what is dead in its place is replaced, what lives there stays`() throws {
    let socket = try listen()
    unlink(path)
    TemporaryDirectory.write(Array("no socket".utf8), to: path)
    _ = try socket.restore()
    #expect(isReached(socket))

    unlink(path)
    unlink(path + "~")
    do {
      let other = try listen()
      let error = #expect(throws: Errno.self) { _ = try socket.restore() }
      #expect(error?.code == EADDRINUSE && isReached(other))
    }
    _ = try socket.restore()
    #expect(isReached(socket))
  }

  @Test func `a socket that is bound anew leaves the old one to those who have it`() throws {
    let socket = try listen()
    let inherited = dup(socket.number)
    defer { close(inherited) }
    try socket.rebind()
    #expect(isReached(socket) && accept(inherited, nil, nil) < 0)
  }
}

private func fail(_ what: String) { Issue.record("\(what)") }
