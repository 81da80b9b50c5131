// A request in, an answer out; nothing here reads or writes a socket.
import Chat
import Domain
import Posix

/// What every worker does with a request. Never throws and never traps, whatever the request is made of.
struct Responder: Sendable {
  let chat: Chat
  let router: Router
  let corsPolicy: CORSPolicy

  func answer(_ request: Request, requestID: String) -> Response {
    do {
      return corsPolicy.marked(try respond(to: request, requestID: requestID), request)
    } catch {
      return corsPolicy.marked(Response(error, requestID: requestID), request)
    }
  }

  private func respond(to request: Request, requestID: String) throws -> Response {
    guard !request.parameters.hasRepetition else { throw ChatError(.malformedRequest, "A header that has one value came twice.") }
    let target = request.parameters.target
    guard target.count <= Path.targetBytesMax else { throw ChatError(.uriTooLong, "At most \(Path.targetBytesMax) bytes.") }
    let pathEnd = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex

    switch try router.destination(request.method, try Path(target[..<pathEnd])) {
    case .wrongMethod(let allowed) where request.method == .options:
      return Response.noContent.with("Allow", Response.list(allowed))
    case .wrongMethod(let allowed):
      return Response(allowed: allowed, requestID: requestID)
    case .handler(let handler, let path):
      let query = try Query(target[pathEnd...].dropFirst())
      let call = Call(chat: chat, request: request, path: path, query: query)
      switch handler {
      case .open(let handler):
        return try handler(call)
      case .signedIn(let handler):
        let response = try handler(call, try Authentication.principal(of: request, chat))
        let isReading = request.method == .get || request.method == .head
        return isReading ? response.tagged(against: request[.ifNoneMatch]) : response
      }
    }
  }
}
