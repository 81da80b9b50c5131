// From an HTTP request to a WebSocket.
import Auth
import Chat
import Domain
import EventLoop
import Wire
import WebSocket

extension PushLoop {
  /// Reads the request as far as it has come, and answers it.
  func shakeHands(_ connection: Connection, _ entrance: PendingHandshake) {
    switch entrance.parser.parse(entrance.unread) {
    case .needMore:
      return
    case .refused(let refusal):
      answerPlainly(connection, refusal)
    case .request(let request, let consumed):
      entrance.unread.removeFirst(consumed)
      route(connection, entrance, request)
    }
  }

  private func route(_ connection: Connection, _ entrance: PendingHandshake, _ request: HandshakeRequest) {
    switch request.path {
    case "/ws":
      do throws(HandshakeError) {
        try upgrade(connection, entrance, request)
      } catch {
        answerPlainly(connection, error)
      }
    case "/healthz", "/ws/healthz":
      answerProbe(connection, request, isWell: true)
    case "/readyz", "/ws/readyz":
      answerProbe(connection, request, isWell: !isDraining && shared.chat.isReady())
    default:
      answerPlainly(connection, HandshakeError(404, "There is no such thing here."))
    }
  }

  private func upgrade(_ connection: Connection, _ entrance: PendingHandshake, _ request: HandshakeRequest) throws(HandshakeError) {
    let upgrade = try request.upgrade()
    guard shared.origins.admits(origin: request.origin, host: request.header("host")) else {
      throw HandshakeError(403, "Pages of this origin may not connect.")
    }
    guard !request.hasAuthorization || request.bearerToken != nil else {
      throw HandshakeError(400, "The authorization is not a bearer token.")
    }
    if let since = request.query("since") {
      guard let number = Int64(since), number >= 0 else { throw HandshakeError(400, "The query item since is not a cursor.") }
      entrance.since = number
    }
    if let room = request.query("room") {
      guard let id = PublicID(room) else { throw HandshakeError(400, "The query item room is not a room_id.") }
      entrance.room = id
    }
    connection.stage = .signIn(entrance)
    var bytes: [UInt8] = []
    HTTPResponse.appendSwitchingProtocols(
      upgrade, subprotocol: upgrade.subprotocols.contains("echochat.v1") ? "echochat.v1" : nil, sha1: Digest.sha1, to: &bytes)
    write(connection, bytes)

    // Signed in (or refused) only after the switch: a browser is told the close code, but not the status of a refused handshake.
    if let bearer = request.bearerToken ?? Self.bearer(in: upgrade.subprotocols) ?? request.query("token") {
      signIn(connection, entrance, accessToken: bearer)
    } else if let ticket = request.query("ticket") {
      signIn(connection, entrance, ticket: ticket)
    } else {
      readWhatWaited(connection, entrance)
    }
  }

  /// Browsers cannot set headers: the token travels as a subprotocol that is offered and never chosen.
  private static func bearer(in subprotocols: [String]) -> String? {
    subprotocols.first { $0.hasPrefix("bearer.") }.map { String($0.dropFirst("bearer.".count)) }
  }

  /// Reads frames that arrived behind the request, or while the threadPool were at work.
  func readWhatWaited(_ connection: Connection, _ entrance: PendingHandshake) {
    var bytes = entrance.unread
    entrance.unread = []
    guard !bytes.isEmpty else { return }
    bytes.withUnsafeMutableBytes { readFrames(connection, $0) }
  }

  // MARK: Plain HTTP

  private func answerProbe(_ connection: Connection, _ request: HandshakeRequest, isWell: Bool) {
    guard request.method == "GET" || request.method == "HEAD" else {
      return answerPlainly(connection, HandshakeError(405, "Probes are read.", headers: [HTTPHeader("Allow", "GET, HEAD")]))
    }
    guard isWell else { return answerPlainly(connection, HandshakeError(503, "The daemon cannot serve now.")) }
    var bytes: [UInt8] = []
    HTTPResponse.append(
      status: 200, contentType: "application/json", body: Array(#"{"status":"ok"}"#.utf8), omitsBody: request.method == "HEAD", to: &bytes)
    endPlainly(connection, bytes)
  }

  private func answerPlainly(_ connection: Connection, _ refusal: HandshakeError) {
    var bytes: [UInt8] = []
    let problem = JSONWriter.problem(Problem(status: refusal.status, detail: refusal.reason), requestID: Self.requestID())
    HTTPResponse.append(refusal, problem: problem, to: &bytes)
    endPlainly(connection, bytes)
  }

  private func endPlainly(_ connection: Connection, _ bytes: [UInt8]) {
    connection.stage = .answeredPlainly
    setDeadline(connection, loop.now() + Self.closingMilliseconds)
    write(connection, bytes)
  }

  static func requestID() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
