// One HTTP request, as a value.
import Domain
import HTTPSyntax

enum Method: String, Sendable, CaseIterable {
  case get = "GET"
  case head = "HEAD"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
  case options = "OPTIONS"
}

struct Request {
  /// Bytes of a body; a larger one is refused with 413.
  static let bodyBytesMax = 64 * 1024
  /// Unicode scalars of the User-Agent that are kept.
  static let userAgentCharactersMax = 200

  enum Body: Equatable {
    case bytes([UInt8])
    /// The body of an upload, which is read piece by piece.
    case stream(BodyStream)
    case tooLarge
    /// It does not have its announced length.
    case broken
  }

  let parameters: FastCGIParameters
  let body: Body
  /// Nil for a method that this service does not know.
  let method: Method?

  init(_ parameters: FastCGIParameters, body: Body) {
    self.parameters = parameters
    self.body = body
    method = parameters[.requestMethod].flatMap(Method.init(rawValue:))
  }

  subscript(name: FastCGIParameters.Name) -> String? { parameters[name] }

  /// The announced length of the body; nil if there is none, as with a chunked body. Throws if it is not a number.
  static func contentLength(_ parameters: FastCGIParameters) throws(ChatError) -> Int? {
    guard let text = parameters[.contentLength] else { return nil }
    guard let length = Int(digits: text) else { throw ChatError(.malformedRequest, "Content-Length is not a number.") }
    return length
  }

  /// Whether the body is sent as it is (RFC 9110 section 8.4): no coding, or `identity`, in any case and number.
  var isUnencoded: Bool {
    guard let codings = self[.contentEncoding] else { return true }
    return codings.utf8.split(separator: UInt8(ascii: ",")).allSatisfy { coding in
      let coding = ASCII.trimmed(coding)
      return coding.isEmpty || ASCII.equalIgnoringCase(coding, "identity".utf8)
    }
  }

  /// The network of the client, as nginx tells it: an IPv4 address, or the /64 of an IPv6 address.
  var client: String? {
    guard let told = self[.client] else { return nil }
    let isIPv6 = told.hasPrefix("v6 ")
    let text = isIPv6 ? "\(told.dropFirst(3))::/64" : String(told.hasPrefix("v4 ") ? told.dropFirst(3) : told[...])
    guard (1...Self.clientBytesMax).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
    return text
  }

  /// Bytes of a network in text.
  private static let clientBytesMax = 64

  /// The User-Agent without control characters, at most `userAgentCharactersMax` scalars: the database counts scalars, too.
  var userAgent: String {
    let scalars = (self[.userAgent] ?? "").unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }
    return String(String.UnicodeScalarView(scalars.prefix(Self.userAgentCharactersMax)))
  }
}
