// Links from one page of a list to others (RFC 8288), for clients that follow them instead of building URLs.
import HTTPSyntax

/// Another page of the list that a response is a page of: the same target with one parameter changed.
struct PageLink: Sendable {
  enum Relation: String, Sendable {
    case next
    /// Lists go one way; only a room's messages are paged both ways.
    case previous = "prev"
  }

  let relation: Relation
  let parameter: String
  let value: String

  /// The parameters that say where a page begins: a link replaces them all.
  private static let positions = ["cursor", "before", "after", "around"].map { Array($0.utf8) }

  /// The value of the header Link. The page is given by a relative reference: behind which name the service is reached is not known here.
  static func header(_ links: [PageLink], target: [UInt8]) -> String {
    let end = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    // Search has parameters of the same names, which are no positions: it is paged by its cursor.
    let replaced = links.contains { $0.parameter == "cursor" } ? positions.prefix(1) : positions[...]
    var kept: [UInt8] = []
    for item in target[end...].dropFirst().split(separator: UInt8(ascii: "&"))
    where !replaced.contains(where: { item.prefix { $0 != UInt8(ascii: "=") }.elementsEqual($0) }) {
      kept += item
      kept.append(UInt8(ascii: "&"))
    }
    return links.map { link in
      "<\(escaped(target[..<end]))?\(escaped(kept[...]))\(link.parameter)=\(link.value)>; rel=\"\(link.relation.rawValue)\""
    }.joined(separator: ", ")
  }

  /// The bytes as a client sent them, but none that could end the reference.
  private static func escaped(_ bytes: ArraySlice<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    for byte in bytes {
      if byte > 0x20 && byte < 0x7f && !reserved.contains(byte) {
        text.append(byte)
      } else {
        text.append(UInt8(ascii: "%"))
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let reserved = Array("<>\"\\^`{|}".utf8)
  private static let digits = Array("0123456789ABCDEF".utf8)
}

extension Response {
  /// Adds the header Link, if the response has links. `target` is the request's.
  func linked(to target: [UInt8]) -> Response {
    links.isEmpty ? self : with("Link", PageLink.header(links, target: target))
  }
}
