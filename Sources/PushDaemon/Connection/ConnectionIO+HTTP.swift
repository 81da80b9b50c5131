// Plain HTTP responses, after which the connection closes, and the head of an event stream.
import Domain
import WebSocket
import Wire

extension ConnectionIO {
  /// A rule of the chat says no.
  func respond(to connection: Connection, _ error: ChatError, headers: [HTTPHeader] = []) {
    respond(to: connection, Problem(error), headers: error.headers.map { HTTPHeader("\($0)", $1) } + headers)
  }

  /// HTTP says no.
  func respond(to connection: Connection, _ error: HandshakeError, headers: [HTTPHeader] = []) {
    respond(to: connection, Problem(status: error.status, detail: error.reason), headers: error.headers + headers)
  }

  private func respond(to connection: Connection, _ problem: Problem, headers: [HTTPHeader]) {
    let requestID = Self.requestID()
    respond(
      to: connection, status: problem.status, contentType: "application/problem+json",
      headers: headers + [HTTPHeader("X-Request-Id", requestID)], body: JSONWriter.problem(problem, requestID: requestID))
  }

  func respond(
    to connection: Connection, status: Int, contentType: String, headers: [HTTPHeader] = [], body: [UInt8], omitsBody: Bool = false
  ) {
    handle(.httpResponded, connection)
    var bytes: [UInt8] = []
    HTTPResponse.append(status: status, contentType: contentType, headers: headers, body: body, omitsBody: omitsBody, to: &bytes)
    write(connection, bytes)
  }

  /// 204: the headers say everything.
  func respondNoContent(to connection: Connection, headers: [HTTPHeader]) {
    handle(.httpResponded, connection)
    var bytes: [UInt8] = []
    HTTPResponse.appendHead(status: 204, headers: headers + [HTTPHeader("X-Request-Id", Self.requestID())], to: &bytes)
    write(connection, bytes)
  }

  /// The head of an event stream and the fields that come before its first event.
  func beginEventStream(_ connection: Connection, cursor: Cursor, headers: [HTTPHeader]) {
    var bytes: [UInt8] = []
    // nginx, and a proxy in front of it, would collect events before they pass them on.
    let unbuffered = HTTPHeader("X-Accel-Buffering", "no")
    HTTPResponse.appendHead(
      status: 200, contentType: EventStreamWriter.mediaType, headers: [unbuffered, HTTPHeader("X-Request-Id", Self.requestID())] + headers,
      to: &bytes)
    EventStreamWriter.appendStart(
      retryMilliseconds: .random(in: EventStreamWriter.retryMilliseconds), cursor: cursor.value, to: &bytes)
    write(connection, bytes)
  }
}
