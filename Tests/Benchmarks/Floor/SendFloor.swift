// The floor of delivering: one bare send(2) of the same bytes to each socket of a room, and nothing else.
import Auth
import EventLoop
import Glibc
import Posix
import WebSocket

/// Speaks as much of the contract as the load generator listens to. The bearer token names the room, so nobody is looked up; what one turn
/// brought for a room leaves in one write to each of its sockets.
final class SendFloor: EventHandler {
  typealias Message = Never

  private struct Client {
    let socket: Int32
    var room = -1
    var unread: [UInt8] = []
    var outbox = SendBuffer()
    /// For room in the socket's buffer.
    var isWaiting = false
    var isGone = false
  }

  private struct Room {
    var members: [Int] = []
    var seq = 0
    /// The frames of this turn.
    var frames: [UInt8] = []
    var replies: [(client: Int, frame: [UInt8])] = []
  }

  private static let receivedBytes = 256 << 10

  private let loop: EventLoop<Never>
  private let received = UnsafeMutableRawBufferPointer.allocate(byteCount: receivedBytes, alignment: 16)
  private var clients: [Client] = []
  private var rooms: [Room] = []
  private var roomNumbers: [String: Int] = [:]
  /// Rooms that something was said in since the last turn's end.
  private var lively: [Int] = []
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

  func received(_ messages: [Never]) {}
  func ticked(_ now: Int64) {}

  func iterationEnded() {
    for room in lively {
      let (frames, replies) = (rooms[room].frames, rooms[room].replies)
      (rooms[room].frames, rooms[room].replies) = ([], [])
      for client in rooms[room].members { send(client, frames) }
      for (client, frame) in replies { send(client, frame) }
    }
    lively.removeAll(keepingCapacity: true)
  }

  // MARK: Words in

  private func read(_ client: Int) {
    let count = recv(clients[client].socket, received.baseAddress, received.count, 0)
    guard count > 0 else {
      if count == 0 || (errno != EAGAIN && errno != EINTR) { drop(client) }
      return
    }
    clients[client].unread.append(contentsOf: UnsafeRawBufferPointer(rebasing: received[..<count]))
    if clients[client].room < 0 { shakeHands(client) }
    if clients[client].room >= 0 { readFrames(client) }
  }

  private func shakeHands(_ client: Int) {
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
    clients[client].outbox.write { out in
      HTTPResponse.appendSwitchingProtocols(upgrade, sha1: Digest.sha1, to: &out)
      FrameWriter.append(.text, Array(#"{"event":"welcome","data":{"cursor":0,"resumed":false}}"#.utf8), to: &out)
    }
    flush(client)
  }

  private func readFrames(_ client: Int) {
    var bytes = clients[client].unread
    var taken = 0
    bytes.withUnsafeMutableBytes { buffer in
      while case .header(let header, let size) = FrameHeader.read(UnsafeRawBufferPointer(rebasing: buffer[taken...]), from: .client) {
        let start = taken + size
        let end = start + Int(header.payloadCount)
        guard end <= buffer.count else { return }
        let payload = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<end])
        if var key = header.maskingKey { key.apply(to: payload) }
        if header.opcode == .text { heard(client, UnsafeRawBufferPointer(payload)) }
        taken = end
      }
    }
    clients[client].unread.removeFirst(taken)
  }

  /// Frames of the form and about the length of EchoChat's, with the sender's own words in them.
  private func heard(_ client: Int, _ command: UnsafeRawBufferPointer) {
    guard let ref = Self.text(behind: Self.refMark, in: command), let content = Self.text(behind: Self.contentMark, in: command) else {
      return
    }
    let room = clients[client].room
    position += 1
    rooms[room].seq += 1
    if rooms[room].frames.isEmpty { lively.append(room) }
    let seq = rooms[room].seq
    let news = """
      {"event":"new_message","id":\(position),"data":{"room_id":"floorfloorfloorfloorf0","seq":\(seq),"user_id":"someonesomeonesomeone0",\
      "username":"bench0","display_name":"Bench Person 0","content":"\(content)","client_id":"bench-\(ref)","reply_to":null,\
      "attachments":[],"mentions":[],"reactions":{},"created_at":"2026-02-05T10:30:00.123Z","edited_at":null,"deleted":false}}
      """
    FrameWriter.append(.text, Array(news.utf8), to: &rooms[room].frames)
    var reply: [UInt8] = []
    FrameWriter.append(.text, Array(#"{"event":"ok","ref":"\#(ref)","data":{"message":{"seq":\#(seq)}}}"#.utf8), to: &reply)
    rooms[room].replies.append((client, reply))
  }

  private static let refMark = Array("\"ref\":\"".utf8)
  private static let contentMark = Array("\"content\":\"".utf8)

  /// The text behind `mark`, which the load generator writes without escapes.
  private static func text(behind mark: [UInt8], in json: UnsafeRawBufferPointer) -> String? {
    var start = 0
    while start + mark.count <= json.count {
      if json[start] == mark[0], json[start + 1] == mark[1], json[start..<(start + mark.count)].elementsEqual(mark) {
        let text = json[(start + mark.count)...].prefix { $0 != UInt8(ascii: "\"") }
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
    settle(client, frames.withUnsafeBytes { clients[client].outbox.send(shared: $0, to: socket) })
  }

  private func flush(_ client: Int) {
    let socket = clients[client].socket
    settle(client, clients[client].outbox.flush(to: socket))
  }

  private func settle(_ client: Int, _ outcome: SendBuffer.Outcome) {
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

  /// A place is never given to a second client, so there is one generation.
  private func token(_ client: Int) -> Token { Token(slot: UInt32(client), generation: 1) }
}
