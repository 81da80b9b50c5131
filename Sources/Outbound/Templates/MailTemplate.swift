// A text with places for what each mail says: `{{name}}`.
import Domain

/// A checked template: it has no place with an unknown name.
struct MailTemplate: Equatable {
  /// Why a text is no template, in words for who wrote it.
  struct Malformed: Error, Equatable, CustomStringConvertible {
    let description: String
  }

  /// The places of a template beside the fields of the mail.
  enum Place: String, CaseIterable {
    /// What the site is called.
    case site
    /// Where it is.
    case url
    /// Whom the mail is for.
    case recipient
    /// When it happened.
    case time
    /// How long the link works, such as `24 hours`, and until when.
    case validFor = "valid_for"
    case validUntil = "valid_until"
  }

  static let names = Set(MailField.allCases.map(\.rawValue) + Place.allCases.map(\.rawValue))
  /// Bytes of a file.
  static let bytesMax = 64 << 10

  private enum Part: Equatable {
    case text(String)
    case place(String)
  }

  private let parts: [Part]

  init(_ text: String) throws(Malformed) {
    guard text.utf8.count <= Self.bytesMax else { throw Malformed(description: "it is longer than \(Self.bytesMax) bytes") }
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      parts.append(.text(String(rest[..<open.lowerBound])))
      rest = rest[open.upperBound...]
      guard let close = rest.firstRange(of: "}}") else { throw Malformed(description: "a {{ has no }}") }
      let name = String(rest[..<close.lowerBound].filter { $0 != " " })
      guard Self.names.contains(name) else {
        throw Malformed(description: "{{\(name.prefix(40))}} is none of \(Self.names.sorted().joined(separator: ", "))")
      }
      parts.append(.place(name))
      rest = rest[close.upperBound...]
    }
    parts.append(.text(String(rest)))
    self.parts = parts
  }

  func has(_ field: MailField) -> Bool { parts.contains(.place(field.rawValue)) }

  /// Fills every place; what nothing is known of is called unknown.
  func filled(_ values: [String: String], escaped: (String) -> String = { $0 }) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .text(let literal): text += literal
      case .place(let name): text += values[name].flatMap { $0.isEmpty ? nil : escaped($0) } ?? "unknown"
      }
    }
    return text
  }

  /// For text and attributes of HTML.
  static func escapedForHTML(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
