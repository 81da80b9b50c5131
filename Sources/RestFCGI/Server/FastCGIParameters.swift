// The FastCGI parameters of one request: only those that this program reads.

/// A parameter that is absent and one that is empty (nginx sends those for missing headers) are the same: nil.
struct FastCGIParameters: Sendable {
  enum Name: Int, CaseIterable {
    case requestMethod, requestURI, contentType, contentLength, contentEncoding
    case authorization, ifNoneMatch, idempotencyKey, cookie, xEchoChat, userAgent, origin, host, filename
    case client, remoteUser, sitePath

    var text: StaticString {
      switch self {
      case .requestMethod: "REQUEST_METHOD"
      case .requestURI: "REQUEST_URI"
      case .contentType: "CONTENT_TYPE"
      case .contentLength: "CONTENT_LENGTH"
      case .contentEncoding: "HTTP_CONTENT_ENCODING"
      case .authorization: "HTTP_AUTHORIZATION"
      case .ifNoneMatch: "HTTP_IF_NONE_MATCH"
      case .idempotencyKey: "HTTP_IDEMPOTENCY_KEY"
      case .cookie: "HTTP_COOKIE"
      case .xEchoChat: "HTTP_X_ECHOCHAT"
      case .userAgent: "HTTP_USER_AGENT"
      case .origin: "HTTP_ORIGIN"
      case .host: "HTTP_HOST"
      case .filename: "HTTP_X_FILENAME"
      // nginx's name for the client's address (IPv6: its /64). Headers arrive as HTTP_*, so no client can name itself.
      case .client: "ECHOCHAT_CLIENT"
      // Whom nginx has signed in, where its configuration says so; the same holds for it.
      case .remoteUser: "ECHOCHAT_REMOTE_USER"
      // The path below which the site is; nginx has taken it away from REQUEST_URI.
      case .sitePath: "ECHOCHAT_PATH"
      }
    }

    /// Headers that may be repeated; the first counts.
    var mayRepeat: Bool { self == .cookie || self == .ifNoneMatch || self == .userAgent }
  }

  private var values = [String?](repeating: nil, count: Name.allCases.count)
  private var seen: UInt32 = 0
  /// REQUEST_URI, undecoded; it need not be UTF-8.
  private(set) var target: [UInt8] = []
  /// Whether a parameter with a single value came twice. Two Authorization headers, say, arrive as two parameters, and which of them
  /// counts must not depend on the reader, so the request is refused.
  private(set) var hasRepetition = false

  init() {}

  subscript(name: Name) -> String? { values[name.rawValue] }

  /// Adds one `NAME=value`; other names are ignored.
  mutating func add(_ entry: UnsafeBufferPointer<UInt8>) {
    guard let equals = entry.firstIndex(of: UInt8(ascii: "=")), let name = Self.name(entry[..<equals]) else { return }
    let bit: UInt32 = 1 << UInt32(name.rawValue)
    guard seen & bit == 0 else {
      if !name.mayRepeat { hasRepetition = true }
      return
    }
    seen |= bit
    let value = entry[(equals + 1)...]
    if name == .requestURI {
      target = Array(value)
    } else if !value.isEmpty {
      values[name.rawValue] = String(decoding: value, as: UTF8.self)
    }
  }

  private static func name(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Name? {
    Name.allCases.first { name in
      let text = name.text
      return text.utf8CodeUnitCount == bytes.count
        && bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
  }
}

extension FastCGIParameters {
  /// From text, for tests.
  init(_ entries: [String]) {
    self.init()
    for entry in entries {
      var entry = entry
      entry.withUTF8 { add($0) }
    }
  }
}
