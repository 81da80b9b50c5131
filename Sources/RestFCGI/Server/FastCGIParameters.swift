// The FastCGI parameters of one request, as nginx sends them: only those that are read here.

/// Read from the environment list once. What is absent and what nginx sends empty (a header that is not there) are the same: nil.
struct Parameters: Sendable {
  enum Name: Int, CaseIterable {
    case requestMethod, requestURI, contentType, contentLength
    case authorization, ifNoneMatch, idempotencyKey, cookie, xEchoChat, userAgent, origin

    var text: StaticString {
      switch self {
      case .requestMethod: "REQUEST_METHOD"
      case .requestURI: "REQUEST_URI"
      case .contentType: "CONTENT_TYPE"
      case .contentLength: "CONTENT_LENGTH"
      case .authorization: "HTTP_AUTHORIZATION"
      case .ifNoneMatch: "HTTP_IF_NONE_MATCH"
      case .idempotencyKey: "HTTP_IDEMPOTENCY_KEY"
      case .cookie: "HTTP_COOKIE"
      case .xEchoChat: "HTTP_X_ECHOCHAT"
      case .userAgent: "HTTP_USER_AGENT"
      case .origin: "HTTP_ORIGIN"
      }
    }

    /// Headers that may come in several lines, of which the first is as good as any.
    var mayRepeat: Bool { self == .cookie || self == .ifNoneMatch || self == .userAgent }
  }

  private var values = [String?](repeating: nil, count: Name.allCases.count)
  private var seen: UInt32 = 0
  /// REQUEST_URI, undecoded and perhaps no text at all.
  private(set) var target: [UInt8] = []
  /// Whether something came twice that can have one value only. Two Authorization headers, say, arrive as two parameters: which of
  /// them counts must not depend on who looks, so such a request is refused as a whole.
  private(set) var hasRepetition = false

  init() {}

  subscript(name: Name) -> String? { values[name.rawValue] }

  /// Takes in one `NAME=value`; other names are passed over.
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

extension Parameters {
  /// From text, as the tests have it.
  init(_ entries: [String]) {
    self.init()
    for entry in entries {
      var entry = entry
      entry.withUTF8 { add($0) }
    }
  }
}
