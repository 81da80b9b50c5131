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

  /// The value of the header Link. The page is given by a relative reference: behind which name the service is reached is not known here.
  static func header(_ links: [PageLink], target: [UInt8]) -> String {
    let reference = reference(to: target, ofMessages: !links.contains { $0.parameter == "cursor" })
    var header: [UInt8] = []
    header.reserveCapacity(links.count * (reference.count + 64))
    for link in links {
      if !header.isEmpty { header += ", ".utf8 }
      header += reference
      header += link.parameter.utf8
      header.append(UInt8(ascii: "="))
      header += link.value.utf8
      header += ">; rel=\"".utf8
      header += link.relation.rawValue.utf8
      header.append(UInt8(ascii: "\""))
    }
    return String(decoding: header, as: UTF8.self)
  }

  /// The beginning of a reference to another page: the target without the parameters that say where a page begins, which a link replaces.
  /// Only those of a room's messages begin at a seq; search has parameters of the same names, and is paged by its cursor.
  private static func reference(to target: [UInt8], ofMessages: Bool) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(target.count + 16)
    text.append(UInt8(ascii: "<"))
    let end = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    PercentEncoding.encode(reference: target[..<end], into: &text)
    text.append(UInt8(ascii: "?"))
    var rest = target[end...].dropFirst()
    while !rest.isEmpty {
      let item = rest.prefix { $0 != UInt8(ascii: "&") }
      rest = rest[item.endIndex...].dropFirst()
      guard !item.isEmpty, !isPosition(item, ofMessages: ofMessages) else { continue }
      PercentEncoding.encode(reference: item, into: &text)
      text.append(UInt8(ascii: "&"))
    }
    return text
  }

  private static func isPosition(_ item: ArraySlice<UInt8>, ofMessages: Bool) -> Bool {
    func isNamed(_ name: StaticString) -> Bool {
      let count = name.utf8CodeUnitCount
      guard item.count == count || item.count > count && item[item.startIndex + count] == UInt8(ascii: "=") else { return false }
      return item.prefix(count).elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: count))
    }
    return isNamed("cursor") || ofMessages && (isNamed("before") || isNamed("after") || isNamed("around"))
  }
}

extension Response {
  /// Adds the header Link, if the response has links. `target` is the request's.
  func linked(to target: [UInt8]) -> Response {
    links.isEmpty ? self : with("Link", PageLink.header(links, target: target))
  }
}
