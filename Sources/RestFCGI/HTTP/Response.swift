// One HTTP response, as a value, and its head in CGI form.
import HTTPSyntax

struct Response: Sendable {
  enum Caching: Sendable {
    /// Must not be stored.
    case noStore
    /// May be stored by the client, which must revalidate it with its tag before each use.
    case revalidated(ETag)
    /// nginx sends a file, with the file's own tag; it may be stored, and used without asking only if it never changes.
    case file(isImmutable: Bool)
  }

  static let json = "application/json"
  static let problem = "application/problem+json"

  var status: Int
  var contentType = Response.json
  var caching = Caching.noStore
  var headers: [(name: StaticString, value: String)] = []
  /// Of a page of a list: the pages beside it.
  var links: [PageLink] = []
  var body: [UInt8] = []
  /// The code of a problem; nil for another response.
  var problemCode: String?

  init(status: Int, body: [UInt8] = []) {
    self.status = status
    self.body = body
  }

  static let noContent = Response(status: 204)

  func with(_ name: StaticString, _ value: String) -> Response {
    var response = self
    response.headers.append((name, value))
    return response
  }

  /// Adds the ETag of a GET response; 304 without a body if the client has the same state already.
  func tagged(against ifNoneMatch: String?) -> Response {
    guard status == 200, case .noStore = caching else { return self }
    var response = self
    let tag = ETag(of: body)
    response.caching = .revalidated(tag)
    if let ifNoneMatch, tag.matches(ifNoneMatch) {
      response.status = 304
      response.body = []
    }
    return response
  }

  /// Status and headers in CGI form (RFC 3875 section 6), with the empty line at the end.
  func head(requestID: String) -> [UInt8] {
    var head = [UInt8]()
    head.reserveCapacity(384)
    head.append("Status: ")
    head.append(String(status))
    head.append(" ")
    head.append(ReasonPhrase.of(status))
    head.append("\r\nX-Request-Id: ")
    head.append(requestID)
    head.append("\r\nX-Content-Type-Options: nosniff\r\n")
    switch caching {
    case .noStore:
      head.append("Cache-Control: no-store")
    case .revalidated(let tag):
      head.append("Cache-Control: private, no-cache\r\nETag: ")
      head.append(tag.text)
    case .file(let isImmutable):
      // nginx makes it Cache-Control if there is such a file.
      head.append(isImmutable ? "X-File-Caching: private, max-age=31536000, immutable" : "X-File-Caching: private, no-cache")
    }
    if status != 204 && status != 304 {
      head.append("\r\nContent-Type: ")
      head.append(contentType)
      head.append("\r\nContent-Length: ")
      head.append(String(body.count))
    }
    for header in headers {
      head.append("\r\n")
      head.append(header.name)
      head.append(": ")
      let start = head.count
      head.append(header.value)
      // No value comes from a client unchecked; should one ever, it cannot add a header.
      if head[start...].contains(where: { Self.isControl($0) }) {
        head.replaceSubrange(start..., with: head[start...].filter { !Self.isControl($0) })
      }
    }
    head.append("\r\n\r\n")
    return head
  }

  private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7f }
}

extension [UInt8] {
  fileprivate mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  fileprivate mutating func append(_ text: String) {
    append(contentsOf: text.utf8)
  }
}
