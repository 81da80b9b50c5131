// One loop with admission and commands on a real chat, without threads of its own but the chat's and one for lookups.
import Chat
import Configuration
import Domain
import EventLoop
import HTTPSyntax
import Posix
import TestSupport

@testable import PushDaemon

/// Wires what `PushLoop` wires. Lookups and replies wait until a test takes them.
final class LoopFixture: DeliveryFixture {
  let chatFixture: ChatFixture
  let handshakes = PendingHandshakes()
  let limiter = ConnectionLimiter<UserRowID>()
  let tracker = SharedPresenceTracker()
  var isAlive = true
  var isReady = true
  /// The rooms whose typing notifications went to the other loops.
  var typed: [RoomRowID] = []
  private let threadPool = BlockingThreadPool(name: "test-lookup", threads: 1, queueMax: 100)
  private let lookups = Condition<[(Token, Result<ResumeSnapshot, ChatError>)]>([])
  private let replies = Condition<[Reply]>([])

  private(set) lazy var authenticator = Authenticator(
    chat: chatFixture.chat, io: io, hub: hub, catchUps: catchUps, replayBuffer: replayBuffer, handshakes: handshakes, limiter: limiter,
    loader: ResumeLoader(chat: chatFixture.chat, threadPool: threadPool) { [lookups] token, result in
      lookups.update { $0.append((token, result)) }
    })
  private(set) lazy var handshake = Handshake(
    io: io, origins: OriginPolicy(publicURL: Origin(header: "https://chat.example.org"), origins: []),
    isAlive: { [unowned self] in isAlive },
    isReady: { [unowned self] in isReady }, handshakes: handshakes, authenticator: authenticator)
  private(set) lazy var presence = LoopPresence(loop: 0, io: io, hub: hub, tracker: tracker)
  private(set) lazy var typing = TypingBroadcaster(io: io, hub: hub) { [unowned self] in typed.append($0.room) }
  private(set) lazy var commands = CommandDispatcher(
    chat: chatFixture.chat, io: io, authenticator: authenticator, presence: presence, typing: typing,
    sink: ReplySink(enqueue: { [replies] new in replies.update { $0 += new } }, wake: {}))

  init(_ adjust: (inout Settings) -> Void = { _ in }) throws {
    chatFixture = try ChatFixture(adjust)
    super.init(position: try chatFixture.chat.lastPosition())
  }

  // MARK: Peers

  /// A connection on which this request has been read.
  func request(_ target: String, method: String = "GET", _ headers: String...) -> TestPeer {
    let peer = connect()
    let upgrade = [
      "Host: chat.example.org", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    let head = ["\(method) \(target) HTTP/1.1"] + upgrade + headers + ["", ""]
    peer.sendBytes(Array(head.joined(separator: "\r\n").utf8))
    read(peer)
    return peer
  }

  /// The status and the rest of an HTTP response.
  func response(_ peer: TestPeer) -> (status: String, text: String) {
    let text = String(decoding: peer.nextWrite() ?? [], as: UTF8.self)
    return (String(text.dropFirst(9).prefix(3)), text)
  }

  /// A live connection of a user, who has read the welcome.
  func signedIn(_ user: TestUser, _ query: String = "") throws -> TestPeer {
    let peer = request("/ws?token=\(user.signIn.accessToken)\(query)")
    peer.readHead()
    try admit()
    _ = peer.frames()
    return peer
  }

  /// Sends a command and handles it; returns what was replied on the spot.
  func command(_ peer: TestPeer, _ json: String) -> [String] {
    peer.sendText(json)
    read(peer)
    commands.submitPendingCommands()
    io.flushDirty()
    return peer.frames()
  }

  // MARK: Other threads

  /// Waits for lookups and admits their connections.
  func admit() throws {
    guard let results = lookups.wait(milliseconds: 10_000, { list in list.isEmpty ? nil : take(&list) }) else { throw Missing() }
    for (token, result) in results { authenticator.enqueue(token, result) }
    authenticator.admitQueued(atMost: .max)
    io.flushDirty()
  }

  /// Waits for so many replies and sends them.
  func reply(_ count: Int = 1) throws {
    guard let new = replies.wait(milliseconds: 10_000, { list in list.count < count ? nil : take(&list) }) else { throw Missing() }
    for reply in new { commands.handle(reply) }
    io.flushDirty()
  }

  struct Missing: Error {}

  // MARK: Delegates

  override func received(request bytes: UnsafeRawBufferPointer, on connection: Connection) {
    handshake.handleHandshake(connection, bytes)
  }
  override func received(text: UnsafeRawBufferPointer, on connection: Connection) { commands.dispatch(text, on: connection) }
  override func admitsControlFrame(on connection: Connection) -> Bool { commands.admitsControlFrame(on: connection) }
  override func received(early bytes: UnsafeRawBufferPointer, on connection: Connection) {
    handshakes[connection].unread.append(contentsOf: bytes)
  }
  override func discardHandshake(_ connection: Connection) { handshakes.discard(connection) }
  override func closed(_ connection: Connection) {
    if let user = connection.user { limiter.release(user.rowID) }
    presence.closed(connection)
    super.closed(connection)
  }
  override func wentLive(_ connection: Connection) { presence.opened(connection) }
  override func joinedRoom(_ user: ConnectedUser) { presence.joinedRoom(user) }
}

private func take<Element>(_ list: inout [Element]) -> [Element] {
  defer { list = [] }
  return list
}
