// The query of a URL, and form bodies, which have the same syntax.
import Domain
import HTTPSyntax

/// `name=value&name=value` (application/x-www-form-urlencoded). A name that is read may occur only once: which of two values counts
/// would be ambiguous.
struct Query: Sendable {
  static let limitMax = 200
  static let limitStandard = 50

  private let pairs: [(name: String, value: String)]

  init(_ text: some Collection<UInt8>) throws(ChatError) {
    var pairs: [(name: String, value: String)] = []
    for item in QueryString.items(of: text) {
      let name = try PercentEncoding.formText(item.name)
      pairs.append((name, try PercentEncoding.formText(item.value, of: name)))
    }
    self.pairs = pairs
  }

  /// The value of a name; nil if it is absent.
  func value(_ name: String) throws(ChatError) -> String? {
    var found: String?
    for pair in pairs where pair.name == name {
      guard found == nil else { throw ChatError(.malformedRequest, "\(name) is given more than once.") }
      found = pair.value
    }
    return found
  }

  /// The value of a name as a whole number from 0 on.
  func number(_ name: String) throws(ChatError) -> Int64? {
    guard let text = try value(name) else { return nil }
    guard let number = Int64(digits: text) else { throw .invalid(name, "format", "A whole number from 0 on.") }
    return number
  }

  /// Whether something that is off otherwise is asked for: 1 or 0.
  func flag(_ name: String) throws(ChatError) -> Bool {
    switch try value(name) {
    case nil, "0": return false
    case "1": return true
    default: throw .invalid(name, "value", "1 or 0.")
    }
  }

  /// The greatest number of items of a page.
  func limit() throws(ChatError) -> Int {
    guard let text = try value("limit") else { return Self.limitStandard }
    guard let limit = Int(digits: text), (1...Self.limitMax).contains(limit) else {
      throw .invalid("limit", "range", "A whole number from 1 to \(Self.limitMax).")
    }
    return limit
  }
}
