// The query of a request target, decoded.
import HTTPSyntax

/// Names and values of a query, decoded once: percent escapes and, as browsers write forms, "+" for a space.
struct QueryItems: Sendable {
  /// Items of a query.
  static let maxItems = 32
  /// Names that identify the client or say what it wants: with two of them, two programs in a row may each use another one.
  static let onceOnly = ["token", "ticket", "since", "room"]

  private var items: [(name: String, value: String)] = []

  init() {}

  /// Throws 400 for a broken escape, for anything that does not decode to UTF-8 without control characters, for more than `maxItems` items
  /// and for a second one of `onceOnly`.
  init(_ query: ArraySlice<UInt8>) throws(HandshakeError) {
    for item in QueryString.items(of: query) {
      guard items.count < Self.maxItems else { throw .badRequest("The query has more than \(Self.maxItems) items.") }
      let name = try Self.decode(item.name)
      let value = try Self.decode(item.value)
      if Self.onceOnly.contains(where: { $0.utf8.elementsEqual(name.utf8) }), self[name] != nil {
        throw .badRequest("The parameter \(name) may occur only once.")
      }
      items.append((name, value))
    }
  }

  /// The first value of that name, to the byte.
  subscript(name: String) -> String? { items.first { $0.name.utf8.elementsEqual(name.utf8) }?.value }

  private static func decode(_ text: ArraySlice<UInt8>) throws(HandshakeError) -> String {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(text.count)
    do throws(PercentEncoding.Malformed) {
      try PercentEncoding.decode(text, plusIsSpace: true, into: &decoded)
    } catch {
      switch error {
      case .brokenEscape: throw .badRequest("The query contains a broken percent escape.")
      case .escapedNUL: throw .badRequest("The query contains a control character.")
      }
    }
    guard !decoded.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { throw .badRequest("The query contains a control character.") }
    guard let string = String(validating: decoded, as: UTF8.self) else { throw .badRequest("The query is not UTF-8 text.") }
    return string
  }
}
