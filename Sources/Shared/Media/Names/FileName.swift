// The name under which a file is shown and downloaded.

// See PasswordText: the normaliser of String's own comparison; the toolchain is pinned and offers no other.
@_spi(_Unicode) import Swift

public enum FileName {
  /// Bytes of a name in UTF-8; file systems take 255.
  public static let bytesMax = 200
  /// What a file is called whose name has nothing to show.
  public static let fallback = "file"

  /// Bytes of an ending, with its dot, that is kept when the name is cut.
  private static let endingBytesMax = 20
  /// Bytes that are looked at: normalising and cutting cost more than one pass.
  private static let rawBytesMax = 4096

  /// A name that is safe to show and to save: the last component of a path of any system, in NFC, without control and format characters
  /// (which turn `gpj.exe` around), one line, at most `bytesMax` bytes with its ending, never empty, never `.` or `..`.
  public static func cleaned(_ raw: String) -> String {
    // A path's end is what matters of it.
    let bytes = raw.utf8.count > rawBytesMax ? String(decoding: raw.utf8.suffix(rawBytesMax), as: UTF8.self) : raw
    let component = bytes.unicodeScalars.reversed().prefix { $0 != "/" && $0 != "\\" }.reversed()
    var scalars = String.UnicodeScalarView()
    for scalar in component {
      if scalar.properties.isWhitespace {
        // Tabs and line breaks, too.
        if scalars.last != " " { scalars.append(" ") }
      } else if !scalar.isHidden {
        scalars.append(scalar)
      }
    }
    let name = cut(trimmed(String(String.UnicodeScalarView(String(scalars)._nfc))))
    return name.allSatisfy { $0 == "." } || name.unicodeScalars.allSatisfy(\.isInvisible) ? fallback : name
  }

  private static func trimmed(_ text: String) -> String {
    let rest = text.unicodeScalars.drop { $0 == " " }
    guard let last = rest.lastIndex(where: { $0 != " " }) else { return "" }
    return String(rest[...last])
  }

  /// Cuts before the ending, between characters.
  private static func cut(_ name: String) -> String {
    guard name.utf8.count > bytesMax else { return name }
    var ending = ""
    if let dot = name.lastIndex(of: "."), dot != name.startIndex, name[dot...].utf8.count <= endingBytesMax {
      ending = String(name[dot...])
    }
    let stem = trimmed(beginning(name.dropLast(ending.count), bytes: bytesMax - ending.utf8.count))
    return stem + ending
  }

  private static func beginning(_ text: Substring, bytes: Int) -> String {
    var kept = ""
    var count = 0
    for character in text {
      count += character.utf8.count
      if count > bytes { break }
      kept.append(character)
    }
    guard kept.isEmpty else { return kept }
    // One character of hundreds of scalars.
    count = 0
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix {
          count += $0.utf8.count; return count <= bytes
        }))
  }
}

extension Unicode.Scalar {
  /// What is taken out of names: controls, formats (signs of direction, tags, joiners), separators, and what is no character.
  fileprivate var isHidden: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
    default: properties.isNoncharacterCodePoint
    }
  }

  fileprivate var isInvisible: Bool {
    self == " " || self == "." || value == 0x2800 || properties.isDefaultIgnorableCodePoint
  }
}
