// Replacing one member of a stored JSON object without decoding the rest.

public enum JSONSplice {
  /// The object with another value for one of its members; nil if it has no such member. `object` is valid JSON without escapes in its
  /// names, as `JSONWriter` writes it.
  public static func replacing(_ name: StaticString, in object: [UInt8], with value: [UInt8]) -> [UInt8]? {
    guard object.first == UInt8(ascii: "{") else { return nil }
    let name = Array("\"\(name)\"".utf8)
    var index = 1
    while index < object.count, object[index] == UInt8(ascii: "\"") {
      let endOfName = JSONSyntax.end(object, ofValueAt: index)
      let isWanted = object[index..<endOfName].elementsEqual(name)
      let start = endOfName + 1
      let end = JSONSyntax.end(object, ofValueAt: start)
      if isWanted { return object[..<start] + value + object[end...] }
      index = end + 1
    }
    return nil
  }
}
