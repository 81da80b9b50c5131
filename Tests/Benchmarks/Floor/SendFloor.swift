// The floor of delivery: one plain send(2) of the same bytes to each socket of a room, and nothing else.
import Auth
import EventLoop
import Glibc
import Posix
import WebSocket

/// Implements the part of the contract that the load generator checks. The bearer token names the room, so there is no user lookup. The
/// frames of one iteration for a room leave in one write to each of its sockets.
final class SendFloor: EventHandler {
  typealias Message = Never

  private struct Client {
    let socket: Int32
    var room = -1
    var unread: [UInt8] = []
    var sendBuffer = SendBuffer()
    /// Waits for space in the socket's buffer.
    var isWaiting = false
    var isGone = false
  }

  private struct Room {
    var members: [Int] = []
    var seq = 0
    /// The frames of this iteration.
    var frames: [UInt8] = []
    var replies: [(client: Int, frame: [UInt8])] = []
  }

  private static let receivedBytes = 256 << 10

  private let loop: EventLoop<Never>
  private let received = UnsafeMutableRawBufferPointer.allocate(byteCount: receivedBytes, alignment: 16)
  private var clients: [Client] = []
  private var rooms: [Room] = []
  private var roomNumbers: [String: Int] = [:]
  /// Rooms with messages in this iteration.
  private var active: [Int] = []
  private var position = 0

  let isFinished = false

  static func run(_ listeners: [Listener]) {
    do {
      let loop = try EventLoop(mailbox: try Mailbox<Never>())
      for listener in listeners { try loop.listen(listener) }
      loop.run(SendFloor(loop))
    } catch {
      print("\(error)")
      exit(1)
    }
  }

  private init(_ loop: EventLoop<Never>) {
    self.loop = loop
  }

  // MARK: EventHandler

  func accepted(_ socket: Int32) {
    clients.append(Client(socket: socket))
    try? loop.add(socket, .read, token(clients.count - 1))
  }

  func ready(_ token: Token, _ readiness: Epoll.Readiness) {
    let client = Int(token.slot)
    if readiness.canWrite { flush(client) }
    if readiness.canRead { read(client) }
  }

  func handle(_ messages: [Never]) {}
  func tick(_ now: Int64) {}

  func iterationEnded() {
    for room in active {
      let (frames, replies) = (rooms[room].frames, rooms[room].replies)
      (rooms[room].frames, rooms[room].replies) = ([], [])
      for client in rooms[room].members { send(client, frames) }
      for (client, frame) in replies { send(client, frame) }
    }
    active.removeAll(keepingCapacity: true)
  }

  // MARK: Reading

  private func read(_ client: Int) {
    let count = recv(clients[client].socket, received.baseAddress, received.count, 0)
    guard count > 0 else {
      if count == 0 || (errno != EAGAIN && errno != EINTR) { drop(client) }
      return
    }
    clients[client].unread.append(contentsOf: UnsafeRawBufferPointer(rebasing: received[..<count]))
    if clients[client].room < 0 { handleHandshake(client) }
    if clients[client].room >= 0 { readFrames(client) }
  }

  private func handleHandshake(_ client: Int) {
    var parser = HandshakeParser()
    guard case .request(let request, let consumed) = parser.parse(clients[client].unread), let name = request.bearerToken,
      let upgrade = try? request.upgrade()
    else { return }
    clients[client].unread.removeFirst(consumed)
    let room = roomNumbers[name] ?? rooms.count
    if room == rooms.count {
      rooms.append(Room())
      roomNumbers[name] = room
    }
    rooms[room].members.append(client)
    clients[client].room = room
    clients[client].sendBuffer.write { out in
      HTTPResponse.appendSwitchingProtocols(upgrade, sha1: Digest.sha1, to: &out)
      FrameWriter.append(.text, Array(#"{"event":"welcome","data":{"cursor":0,"resumed":false}}"#.utf8), to: &out)
    }
    flush(client)
  }

  private func readFrames(_ client: Int) {
    var bytes = clients[client].unread
    var consumed = 0
    bytes.withUnsafeMutableBytes { buffer in
      while case .header(let header, let size) = FrameHeader.read(UnsafeRawBufferPointer(rebasing: buffer[consumed...]), from: .client) {
        let start = consumed + size
        let end = start + Int(header.payloadCount)
        guard end <= buffer.count else { return }
        let payload = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<end])
        if var key = header.maskingKey { key.apply(to: payload) }
        if header.opcode == .text { handle(client, UnsafeRawBufferPointer(payload)) }
        consumed = end
      }
    }
    clients[client].unread.removeFirst(consumed)
  }

  /// Queues frames in the form and about the length of EchoChat's, with the sender's content.
  private func handle(_ client: Int, _ command: UnsafeRawBufferPointer) {
    guard let ref = Self.text(after: Self.refPrefix, in: command), let content = Self.text(after: Self.contentPrefix, in: command) else {
      return
    }
    let room = clients[client].room
    position += 1
    rooms[room].seq += 1
    if rooms[room].frames.isEmpty { active.append(room) }
    let seq = rooms[room].seq
    let event = """
      {"event":"new_message","id":\(position),"data":{"room_id":"floorfloorfloorfloorf0","seq":\(seq),"user_id":"someonesomeonesomeone0",\
      "username":"bench0","display_name":"Bench User 0","content":"\(content)","client_id":"bench-\(ref)","reply_to":null,\
      "attachments":[],"mentions":[],"reactions":{},"created_at":"2026-02-05T10:30:00.123Z","edited_at":null,"deleted":false}}
      """
    FrameWriter.append(.text, Array(event.utf8), to: &rooms[room].frames)
    var reply: [UInt8] = []
    FrameWriter.append(.text, Array(#"{"event":"ok","ref":"\#(ref)","data":{"message":{"seq":\#(seq)}}}"#.utf8), to: &reply)
    rooms[room].replies.append((client, reply))
  }

  private static let refPrefix = Array("\"ref\":\"".utf8)
  private static let contentPrefix = Array("\"content\":\"".utf8)

  /// The text after `prefix`, which the load generator writes without escapes.
  private static func text(after prefix: [UInt8], in json: UnsafeRawBufferPointer) -> String? {
    var start = 0
    while start + prefix.count <= json.count {
      if json[start] == prefix[0], json[start + 1] == prefix[1], json[start..<(start + prefix.count)].elementsEqual(prefix) {
        let text = json[(start + prefix.count)...].prefix { $0 != UInt8(ascii: "\"") }
        return String(decoding: text, as: UTF8.self)
      }
      start += 1
    }
    return nil
  }

  // MARK: Writing

  private func send(_ client: Int, _ frames: [UInt8]) {
    guard !clients[client].isGone else { return }
    let socket = clients[client].socket
    handleWriteResult(client, frames.withUnsafeBytes { clients[client].sendBuffer.send(shared: $0, to: socket) })
  }

  private func flush(_ client: Int) {
    let socket = clients[client].socket
    handleWriteResult(client, clients[client].sendBuffer.flush(to: socket))
  }

  private func handleWriteResult(_ client: Int, _ outcome: SendBuffer.Outcome) {
    guard outcome != .gone else { return drop(client) }
    let waits = outcome == .blocked
    guard waits != clients[client].isWaiting else { return }
    clients[client].isWaiting = waits
    try? loop.change(clients[client].socket, waits ? [.read, .write] : .read, token(client))
  }

  private func drop(_ client: Int) {
    guard !clients[client].isGone else { return }
    clients[client].isGone = true
    loop.remove(clients[client].socket)
    close(clients[client].socket)
    let room = clients[client].room
    if room >= 0 { rooms[room].members.removeAll { $0 == client } }
  }

  /// A slot is never reused, so there is one generation.
  private func token(_ client: Int) -> Token { Token(slot: UInt32(client), generation: 1) }
}
