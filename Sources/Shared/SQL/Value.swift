// A value bound to a parameter of a statement.

public enum Value: Sendable {
  case null
  case integer(Int64)
  case text(String)
  /// Bytes that are UTF-8 text, such as composed JSON.
  case utf8([UInt8])
  case blob([UInt8])

  /// Bytes of text or of a blob.
  var byteCount: Int {
    switch self {
    case .null, .integer: 0
    case .text(let text): text.utf8.count
    case .utf8(let bytes), .blob(let bytes): bytes.count
    }
  }

  public static func optional(_ value: Int64?) -> Value { value.map(Value.integer) ?? .null }
  public static func optional(_ value: String?) -> Value { value.map(Value.text) ?? .null }
}
