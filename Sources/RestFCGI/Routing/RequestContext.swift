// What a handler receives: the request with its path parameters, query and body.
import Chat
import Domain
import HTTPSyntax
import Posix
import Wire

struct RequestContext {
  let chat: Chat
  let request: Request
  let parameters: PathParameters
  let query: Query
  /// Whether the push daemon answers.
  let isDaemonUp: CachedAnswer
  let report: MetricsReport

  /// The message number in the path. Throws `not_found` for text that is no seq in its shortest form.
  func seq() throws(ChatError) -> Int64 {
    let text = parameters["seq"]
    guard !text.hasPrefix("0"), let seq = Int64(digits: text) else { throw .notFound }
    return seq
  }

  /// The bytes of the body. Throws if it is too large or cut off.
  func body() throws -> [UInt8] {
    switch request.body {
    case .bytes(let bytes): return bytes
    case .stream: throw ChatError(.internalError, "This body is read piece by piece.")
    case .tooLarge: throw HTTPError(.payloadTooLarge, "At most \(Request.bodyBytesMax) bytes.")
    case .broken: throw ChatError(.malformedRequest, "The body does not match Content-Length.")
    }
  }

  /// The body, decoded from JSON.
  func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try JSONReader.decode(type, from: try jsonBytes())
  }

  /// The body as a JSON object that is read in place: for the most frequent requests.
  func object() throws -> JSONObject {
    try JSONObject(json: try jsonBytes())
  }

  /// The body, decoded from JSON; nil if there is none.
  func optionalJSON<Value: Decodable>(_ type: Value.Type) throws -> Value? {
    try body().isEmpty ? nil : json(type)
  }

  /// The body as a JSON object; nil if there is none.
  func optionalObject() throws -> JSONObject? {
    try body().isEmpty ? nil : object()
  }

  /// The body, if it is a form (application/x-www-form-urlencoded).
  func form() throws -> Query? {
    MediaType(request[.contentType]) == .form ? try Query(try body()) : nil
  }

  /// The body of an upload. Throws for a name that is not percent-encoded UTF-8.
  func upload() throws -> Upload {
    guard case .stream(let stream) = request.body else { throw ChatError(.malformedRequest, "The body does not match Content-Length.") }
    let filename = try request[.filename].map { try PercentEncoding.formText($0.utf8, of: "X-Filename", plusIsSpace: false) }
    return Upload(contentType: request[.contentType], filename: filename, length: stream.length, client: request.client) {
      try stream.read(into: &$0)
    }
  }

  private func jsonBytes() throws -> [UInt8] {
    let bytes = try body()
    guard !bytes.isEmpty else { throw ChatError(.malformedJSON, "This must be a JSON object.") }
    guard MediaType(request[.contentType]) == .json else { throw HTTPError(.unsupportedMediaType, "The body must be application/json.") }
    return bytes
  }
}
