// From an HTTP request to a WebSocket, an event stream or a plain response.
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
      io.respond(to: connection, error)
    case .request(let request, let consumed):
      pending.unread.removeFirst(consumed)
      route(connection, pending, request)
    }
  }

  private func route(_ connection: Connection, _ pending: PendingHandshake, _ request: HandshakeRequest) {
    switch request.path {
    case "/ws":
      respondingToErrors(of: request, connection) { try upgrade(connection, pending, request) }
    case "/api/v1/events":
      let headers = corsHeaders(for: request)
      respondingToErrors(of: request, connection, headers: headers) {
        try openEventStream(connection, pending, request, headers: headers)
      }
    case "/healthz", "/health", "/ws/healthz":
      respondHealth(connection, request, isHealthy: isAlive())
    case "/readyz", "/ws/readyz":
      respondHealth(connection, request, isHealthy: !io.isDraining && isAlive() && isReady())
    case "/metrics" where request.method == "GET" && ClientNetwork(peerOf: connection.socket) == nil:
      // For the worker alone: who comes by TCP gets a 404.
      io.respond(
        to: connection, status: 200, contentType: MetricFamily.mediaType, body: Array(MetricFamily.text(io.metrics.all.read()).utf8))
    default:
      io.respond(to: connection, ChatError.noRoute)
    }
  }

  /// Responds with the error that `body` throws.
  private func respondingToErrors(
    of request: HandshakeRequest, _ connection: Connection, headers: [HTTPHeader] = [], _ body: () throws -> Void
  ) {
    do {
      try body()
    } catch {
      io.metrics.refusedAdmissions.add()
      if let error = error as? HandshakeError {
        io.respond(to: connection, error, headers: headers, omitsBody: request.method == "HEAD")
      } else {
        io.respond(to: connection, ChatError(mapping: error), headers: headers, omitsBody: request.method == "HEAD")
      }
    }
  }

  private func upgrade(_ connection: Connection, _ pending: PendingHandshake, _ request: HandshakeRequest) throws {
    // First: a page cannot read why its handshake fails, but it can read the response to a POST, for which its browser names its origin, too.
    try checkOrigin(request)
    let upgrade = try request.upgrade()
    guard !request.hasAuthorization || request.bearerToken != nil else {
      throw HandshakeError(400, "The authorization is not a bearer token.")
    }
    try readQuery(request, pending)
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

  private func checkOrigin(_ request: HandshakeRequest) throws(HandshakeError) {
    if logRefusedOrigin(request) { throw HandshakeError(403, "Pages of this origin may not connect.") }
  }

  /// True if the request is of a page that may not connect.
  @discardableResult
  private func logRefusedOrigin(_ request: HandshakeRequest) -> Bool {
    guard !origins.admits(origin: request.origin, host: request.header("host")) else { return false }
    Log.warning(OriginPolicy.refusal(of: request.origin, host: request.header("host")))
    return true
  }

  /// Where the client resumes, and which room it asks for.
  private func readQuery(_ request: HandshakeRequest, _ pending: PendingHandshake) throws(ChatError) {
    if let since = request.query("since") { pending.since = try Self.cursor(since, "since") }
    if let room = request.query("room") {
      guard let id = PublicID(room) else { throw ChatError.invalid("room", "value", "This is not a room_id.") }
      pending.room = id
    }
  }

  private static func cursor(_ text: String, _ field: String) throws(ChatError) -> Cursor {
    guard let cursor = Int64(digits: text).flatMap(Cursor.init) else { throw .invalid(field, "value", "This is not a cursor.") }
    return cursor
  }

  /// Browsers cannot set headers: the token travels as a subprotocol that is offered and never chosen.
  private static func bearer(in subprotocols: [String]) -> String? {
    subprotocols.first { $0.hasPrefix("bearer.") }.map { String($0.dropFirst("bearer.".count)) }
  }

  // MARK: Event streams

  /// `GET /api/v1/events`. The response begins when the session is known, so that a refusal has its HTTP status.
  private func openEventStream(
    _ connection: Connection, _ pending: PendingHandshake, _ request: HandshakeRequest, headers: [HTTPHeader]
  ) throws {
    let allowHeader = HTTPHeader("Allow", "GET, OPTIONS")
    guard request.method == "GET" || request.method == "OPTIONS" else {
      throw HandshakeError(405, "This path allows GET, OPTIONS.", headers: [allowHeader])
    }
    if request.method == "OPTIONS" {
      logRefusedOrigin(request)
      return io.respondNoContent(to: connection, headers: headers + [allowHeader])
    }
    try checkOrigin(request)
    try readQuery(request, pending)
    // A browser that comes back repeats the URL of its first request, so this header, which has its newest cursor, counts before it.
    if let id = request.header("last-event-id"), !id.isEmpty { pending.since = try Self.cursor(id, "Last-Event-ID") }
    pending.responseHeaders = headers
    connection.isEventStream = true
    io.handle(.streamRequested, connection)
    if let bearer = request.hasAuthorization ? request.bearerToken : request.query("token") {
      authenticator.authenticate(connection, pending, accessToken: bearer)
    } else if !request.hasAuthorization, let ticket = request.query("ticket") {
      authenticator.authenticate(connection, pending, ticket: ticket)
    } else {
      throw ChatError(.unauthenticated, "Sign in with an access token or a ticket.")
    }
  }

  private func corsHeaders(for request: HandshakeRequest) -> [HTTPHeader] {
    origins.corsHeaders(origin: request.origin, isPreflight: request.method == "OPTIONS").map { HTTPHeader("\($0)", $1) }
  }

  // MARK: Plain HTTP

  private func respondHealth(_ connection: Connection, _ request: HandshakeRequest, isHealthy: Bool) {
    guard request.method == "GET" || request.method == "HEAD" else {
      return io.respond(to: connection, HandshakeError(405, "This path allows GET, HEAD.", headers: [HTTPHeader("Allow", "GET, HEAD")]))
    }
    guard isHealthy else { return io.respond(to: connection, HandshakeError(503, "The daemon cannot serve now.")) }
    io.respond(
      to: connection, status: 200, contentType: "application/json", body: Array(#"{"status":"ok"}"#.utf8),
      omitsBody: request.method == "HEAD")
  }

  /// Answers 429 to a connection whose address has too many, before its request.
  func refuse(_ connection: Connection, connectionsPerAddress count: Int) {
    io.respond(
      to: connection,
      ChatError(
        .tooManyConnections, "At most \(count) connections of one address.", retryAfterMilliseconds: 2000,
        limit: ExceededLimit(.connectionsPerAddress, count: count)))
  }
}
