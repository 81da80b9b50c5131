// From an HTTP request to a WebSocket, or to a plain response.
import Auth
import Chat
import Configuration
import Domain
import HTTPSyntax
import Posix
import WebSocket
import Wire

final class Handshake {
  /// Requests read and sessions admitted in one iteration. Keeps iterations short in a reconnect storm, since a command waits for two of them:
  /// once to be submitted and once to be answered.
  static let admissionsPerIterationMax = 16

  private let io: ConnectionIO
  private let origins: OriginPolicy
  /// Whether no loop of the daemon hangs; answers at once.
  private let isAlive: () -> Bool
  /// Whether the daemon can serve; answers at once.
  private let isReady: () -> Bool
  private let handshakes: PendingHandshakes
  private let authenticator: Authenticator
  /// Requests that may still be read in this iteration.
  private var requestsLeft = Handshake.admissionsPerIterationMax

  init(
    io: ConnectionIO, origins: OriginPolicy, isAlive: @escaping () -> Bool, isReady: @escaping () -> Bool, handshakes: PendingHandshakes,
    authenticator: Authenticator
  ) {
    self.io = io
    self.origins = origins
    self.isAlive = isAlive
    self.isReady = isReady
    self.handshakes = handshakes
    self.authenticator = authenticator
  }

  /// False if the iteration has read enough requests; the socket is reported again.
  func mayRead(_ connection: Connection) -> Bool {
    guard connection.phase == .handshake else { return true }
    guard requestsLeft > 0 else { return false }
    requestsLeft -= 1
    return true
  }

  func iterationEnded() {
    requestsLeft = Self.admissionsPerIterationMax
  }

  /// Reads the request as far as it has come, and responds to it.
  func handleHandshake(_ connection: Connection, _ bytes: UnsafeRawBufferPointer) {
    let pending = handshakes[connection]
    pending.unread.append(contentsOf: bytes)
    switch pending.parser.parse(pending.unread) {
    case .needMore:
      return
    case .refused(let error):
      respondHTTP(connection, error)
    case .request(let request, let consumed):
      pending.unread.removeFirst(consumed)
      route(connection, pending, request)
    }
  }

  private func route(_ connection: Connection, _ pending: PendingHandshake, _ request: HandshakeRequest) {
    switch request.path {
    case "/ws":
      do {
        try upgrade(connection, pending, request)
      } catch let error as HandshakeError {
        respondHTTP(connection, error)
      } catch {
        respondHTTP(connection, ChatError(mapping: error))
      }
    case "/healthz", "/health", "/ws/healthz":
      respondHealth(connection, request, isHealthy: isAlive())
    case "/readyz", "/ws/readyz":
      respondHealth(connection, request, isHealthy: !io.isDraining && isAlive() && isReady())
    default:
      respondHTTP(connection, ChatError.noRoute)
    }
  }

  private func upgrade(_ connection: Connection, _ pending: PendingHandshake, _ request: HandshakeRequest) throws {
    let upgrade = try request.upgrade()
    guard origins.admits(origin: request.origin, host: request.header("host")) else {
      Log.warning(OriginPolicy.refusal(of: request.origin, host: request.header("host")))
      throw HandshakeError(403, "Pages of this origin may not connect.")
    }
    guard !request.hasAuthorization || request.bearerToken != nil else {
      throw HandshakeError(400, "The authorization is not a bearer token.")
    }
    if let since = request.query("since") {
      guard let cursor = Int64(digits: since).flatMap(Cursor.init) else {
        throw ChatError.invalid("since", "value", "This is not a cursor.")
      }
      pending.since = cursor
    }
    if let room = request.query("room") {
      guard let id = PublicID(room) else { throw ChatError.invalid("room", "value", "This is not a room_id.") }
      pending.room = id
    }
    io.handle(.upgraded, connection)
    var bytes: [UInt8] = []
    HTTPResponse.appendSwitchingProtocols(
      upgrade, subprotocol: upgrade.subprotocols.contains("echochat.v1") ? "echochat.v1" : nil, sha1: Digest.sha1, to: &bytes)
    io.write(connection, bytes)

    // Authenticated only after the switch: a browser learns the close code, but not the status of a refused handshake.
    if let bearer = request.bearerToken ?? Self.bearer(in: upgrade.subprotocols) ?? request.query("token") {
      authenticator.authenticate(connection, pending, accessToken: bearer)
    } else if let ticket = request.query("ticket") {
      authenticator.authenticate(connection, pending, ticket: ticket)
    } else {
      authenticator.readBufferedFrames(connection, pending)
    }
  }

  /// Browsers cannot set headers: the token travels as a subprotocol that is offered and never chosen.
  private static func bearer(in subprotocols: [String]) -> String? {
    subprotocols.first { $0.hasPrefix("bearer.") }.map { String($0.dropFirst("bearer.".count)) }
  }

  // MARK: Plain HTTP

  private func respondHealth(_ connection: Connection, _ request: HandshakeRequest, isHealthy: Bool) {
    guard request.method == "GET" || request.method == "HEAD" else {
      return respondHTTP(connection, HandshakeError(405, "Probes are read.", headers: [HTTPHeader("Allow", "GET, HEAD")]))
    }
    guard isHealthy else { return respondHTTP(connection, HandshakeError(503, "The daemon cannot serve now.")) }
    var bytes: [UInt8] = []
    HTTPResponse.append(
      status: 200, contentType: "application/json", body: Array(#"{"status":"ok"}"#.utf8), omitsBody: request.method == "HEAD", to: &bytes)
    finishHTTP(connection, bytes)
  }

  /// Answers 429 to a connection whose address has too many, before its request.
  func refuse(_ connection: Connection, connectionsPerAddress count: Int) {
    let error = ChatError(
      .tooManyConnections, "At most \(count) connections of one address.", retryAfterMilliseconds: 2000,
      limit: ExceededLimit(.connectionsPerAddress, count: count))
    respondHTTP(
      connection, error,
      headers: [
        HTTPHeader("Retry-After", "2"), HTTPHeader("RateLimit-Policy", "\"connections_per_address\";q=\(count)"),
        HTTPHeader("RateLimit", "\"connections_per_address\";r=0;t=2"),
      ])
  }

  private func respondHTTP(_ connection: Connection, _ error: ChatError, headers: [HTTPHeader] = []) {
    var bytes: [UInt8] = []
    HTTPResponse.append(
      status: error.code.status, contentType: "application/problem+json", headers: headers,
      body: JSONWriter.problem(Problem(error), requestID: ConnectionIO.requestID()), to: &bytes)
    finishHTTP(connection, bytes)
  }

  private func respondHTTP(_ connection: Connection, _ error: HandshakeError) {
    var bytes: [UInt8] = []
    let problem = JSONWriter.problem(Problem(status: error.status, detail: error.reason), requestID: ConnectionIO.requestID())
    HTTPResponse.append(error, problem: problem, to: &bytes)
    finishHTTP(connection, bytes)
  }

  private func finishHTTP(_ connection: Connection, _ bytes: [UInt8]) {
    io.handle(.httpResponded, connection)
    io.write(connection, bytes)
  }
}
