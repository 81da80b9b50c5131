// What a handler is given: the request, taken apart.
import Chat
import Domain
import Wire

struct Call: Sendable {
  let chat: Chat
  let request: Request
  /// What stands in the places of the template, in its order.
  let path: [String]
  let query: Query

  /// A part of the path; the route's template says how many there are.
  func part(_ index: Int) -> String {
    path.indices.contains(index) ? path[index] : ""
  }

  /// A message's number in the path: what cannot be one leads nowhere.
  func seq(_ index: Int) throws(ChatError) -> Int64 {
    let text = part(index)
    guard !text.hasPrefix("0"), let seq = Int64(digits: text) else { throw .notFound }
    return seq
  }

  /// The bytes of the body.
  func body() throws(ChatError) -> [UInt8] {
    switch request.body {
    case .bytes(let bytes): return bytes
    case .tooLarge: throw ChatError(.payloadTooLarge, "At most \(Request.bodyBytesMax) bytes.")
    case .broken: throw ChatError(.malformedRequest, "The body has not the announced length.")
    }
  }

  /// The body as JSON.
  func json<Value: Decodable>(_ type: Value.Type) throws(ChatError) -> Value {
    try JSONReader.decode(type, from: try jsonBytes())
  }

  /// The body as JSON, for what is asked most.
  func object() throws(ChatError) -> JSONObject {
    try JSONObject(json: try jsonBytes())
  }

  private func jsonBytes() throws(ChatError) -> [UInt8] {
    let bytes = try body()
    guard !bytes.isEmpty else { throw ChatError(.malformedJSON, "A JSON object is needed as the body.") }
    guard MediaType(request[.contentType]) == .json else {
      throw ChatError(.unsupportedMediaType, "The body must be application/json.")
    }
    return bytes
  }

  /// The body as JSON, where all of it may be left out.
  func optionalJSON<Value: Decodable>(_ type: Value.Type) throws(ChatError) -> Value? {
    try body().isEmpty ? nil : json(type)
  }
}

/// The kinds of body that are read here.
enum MediaType: Equatable {
  case json, form, other

  /// Without regard to case and to parameters, except that the text must be UTF-8.
  init(_ contentType: String?) {
    // What nearly everybody writes needs no taking apart.
    if contentType == "application/json" {
      self = .json
      return
    }
    let parts = (contentType ?? "").lowercased().split(separator: ";", omittingEmptySubsequences: false)
    let parameters = parts.dropFirst().map { $0.filter { $0 != " " && $0 != "\"" && $0 != "\t" } }
    let isUTF8 = parameters.allSatisfy { !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=utf8" }
    switch parts.first.map({ String($0.filter { $0 != " " && $0 != "\t" }) }) {
    case "application/json" where isUTF8: self = .json
    case "application/x-www-form-urlencoded" where isUTF8: self = .form
    default: self = .other
    }
  }
}
