// Turns a request into a response; nothing here reads or writes a socket.
import Chat
import Domain
import Posix
import Wire

/// What every worker does with a request. Never throws and never traps, whatever the request contains.
struct Responder: Sendable {
  let chat: Chat
  let router: Router
  let corsPolicy: CORSPolicy
  let metrics: RestMetrics
  let isDaemonUp: CachedAnswer
  /// What `/metrics` answers with.
  let report: MetricsReport

  func respond(to request: Request, requestID: String) -> Response {
    let start = Clock.monotonicNanoseconds()
    let response: Response
    var route: Int?
    do {
      response = try dispatch(request, requestID: requestID, &route)
    } catch {
      response = Response(error, requestID: requestID, forOAuth: Routes.isTokenEndpoint(request.parameters.target))
    }
    let microseconds = Int(Clock.monotonicNanoseconds() - start) / 1000
    metrics.record(response, route: route, microseconds: microseconds)
    Log.debug(
      "request",
      [
        "id": requestID, "method": request.method?.rawValue ?? "?", "path": Self.path(of: request), "status": response.status,
        "us": microseconds,
      ])
    return corsPolicy.apply(to: response.below(request[.sitePath]), for: request)
  }

  /// Without the query, which may hold a token.
  private static func path(of request: Request) -> String {
    String(decoding: request.parameters.target.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
  }

  /// `route` becomes the number of the request's route.
  private func dispatch(_ request: Request, requestID: String, _ route: inout Int?) throws -> Response {
    guard !request.parameters.hasRepetition else { throw ChatError(.malformedRequest, "A header that may occur only once was repeated.") }
    let target = request.parameters.target
    guard target.count <= Path.targetBytesMax else { throw HTTPError(.uriTooLong, "At most \(Path.targetBytesMax) bytes.") }
    let pathEnd = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex

    switch try router.match(request.method, try Path(target[..<pathEnd])) {
    case .methodNotAllowed(let allowed) where request.method == .options:
      return Response.noContent.with("Allow", Response.list(allowed))
    case .methodNotAllowed(let allowed):
      return Response(allowed: allowed, requestID: requestID, forOAuth: Routes.isTokenEndpoint(target))
    case .route(let handler, let parameters, let number):
      route = number
      guard request.isUnencoded else {
        throw HTTPError(.unsupportedContentEncoding, "A request must be sent without Content-Encoding: nothing is decompressed here.")
      }
      let query = try Query(target[pathEnd...].dropFirst())
      let context = RequestContext(
        chat: chat, request: request, parameters: parameters, query: query, isDaemonUp: isDaemonUp, report: report)
      switch handler {
      case .public(let handler):
        return try handler(context)
      case .authenticated(let handler):
        return try respond(to: request, target) { try handler(context, $0) }
      case .operators(let handler):
        // Before the request is looked at: what is wrong with it would tell that there is something.
        return try respond(to: request, target) { try handler(context, try chat.operator($0, address: request.client)) }
      }
    }
  }

  /// The response of a handler that needs a principal.
  private func respond(to request: Request, _ target: [UInt8], _ handler: (Principal) throws -> Response) throws -> Response {
    let principal = try Authentication.principal(of: request, chat)
    let isReading = request.method == .get || request.method == .head
    // Whatever it changes, it may cost a commit.
    if !isReading { try chat.chargeCommand(of: principal.user.rowID) }
    let response = try handler(principal).linked(to: target)
    return isReading ? response.tagged(against: request[.ifNoneMatch]) : response
  }
}
