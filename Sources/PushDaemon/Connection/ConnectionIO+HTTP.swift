// Plain HTTP responses, after which the connection closes, and the head of an event stream.
import Chat
import Domain
import WebSocket
import Wire

extension ConnectionIO {
  /// The problem document of a rule that the request breaks. `omitsBody`: for HEAD.
  func respond(to connection: Connection, _ error: ChatError, headers: [HTTPHeader] = [], omitsBody: Bool = false) {
    respond(to: connection, Problem(error), headers: error.headers.map { HTTPHeader("\($0)", $1) } + headers, omitsBody: omitsBody)
  }

  /// The problem document of a request that is not as HTTP or WebSocket wants it. `omitsBody`: for HEAD.
  func respond(to connection: Connection, _ error: HandshakeError, headers: [HTTPHeader] = [], omitsBody: Bool = false) {
    let problem = Problem(status: error.status, detail: error.reason)
    respond(to: connection, problem, headers: error.headers + headers, omitsBody: omitsBody)
  }

  private func respond(to connection: Connection, _ problem: Problem, headers: [HTTPHeader], omitsBody: Bool) {
    metrics.refusals.add(problem.code)
    let requestID = Self.requestID()
    respond(
      to: connection, status: problem.status, contentType: "application/problem+json",
      headers: headers + [HTTPHeader("X-Request-Id", requestID)], body: JSONWriter.problem(problem, requestID: requestID),
      omitsBody: omitsBody)
  }

  func respond(
    to connection: Connection, status: Int, contentType: String, headers: [HTTPHeader] = [], body: [UInt8], omitsBody: Bool = false
  ) {
    handle(.httpResponded, connection)
    var bytes: [UInt8] = []
    HTTPResponse.append(status: status, contentType: contentType, headers: headers, body: body, omitsBody: omitsBody, to: &bytes)
    write(connection, bytes)
  }

  /// A response without a body.
  func respondNoContent(to connection: Connection, headers: [HTTPHeader]) {
    handle(.httpResponded, connection)
    var bytes: [UInt8] = []
    HTTPResponse.appendHead(status: 204, headers: headers + [HTTPHeader("X-Request-Id", Self.requestID())], to: &bytes)
    write(connection, bytes)
  }

  /// Sends the head of an event stream and the fields that come before its first event. `cursor`: nil if only the end of the stream follows.
  func beginEventStream(_ connection: Connection, cursor: Cursor?, headers: [HTTPHeader] = []) {
    var bytes: [UInt8] = []
    // An nginx in front of the site's own would collect events before it passes them on.
    let unbuffered = HTTPHeader("X-Accel-Buffering", "no")
    HTTPResponse.appendHead(
      status: 200, contentType: EventStreamWriter.mediaType, headers: [unbuffered, HTTPHeader("X-Request-Id", Self.requestID())] + headers,
      to: &bytes)
    EventStreamWriter.appendStart(
      retryMilliseconds: .random(in: EventStreamWriter.retryMilliseconds), cursor: cursor, to: &bytes)
    write(connection, bytes)
  }
}
