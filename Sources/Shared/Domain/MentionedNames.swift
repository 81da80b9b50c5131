// Finds the user names that a text mentions with `@`.

public enum MentionedNames {
  /// Names that are looked up per message; further ones are plain text.
  public static let max = 20

  /// The possible user names after each `@`, in the order of the text, folded to lower case: for each, the spellings to try, longest
  /// first, since "@bob." mentions "bob" at the end of a sentence unless there is a user "bob.".
  ///
  /// An `@` inside a word is part of an address and mentions nobody.
  public static func find(in text: String) -> [[String]] {
    // Most messages have none: one pass over the bytes, nothing allocated.
    guard text.utf8.contains(UInt8(ascii: "@")) else { return [] }
    var names: [[String]] = []
    var seen: Set<String> = []
    var isInWord = false
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "@"), !isInWord else {
        // ASCII only: scripts without spaces put an @ right after a word, and addresses have no such characters before it.
        isInWord = byte.isASCIIAlphanumeric || "_-+".utf8.contains(byte)
        continue
      }
      let name = rest.prefix(while: \.isNamePart)
      rest = rest[name.endIndex...]
      isInWord = !name.isEmpty
      let spellings = spellings(of: Array(name))
      guard let longest = spellings.first, seen.insert(longest).inserted else { continue }
      names.append(spellings)
      if names.count == max { break }
    }
    return names
  }

  /// The name as written, and without trailing punctuation.
  private static func spellings(of name: [UInt8]) -> [String] {
    let folded = String(decoding: name, as: UTF8.self).lowercased()
    let bare = String(decoding: name.dropLastPunctuation, as: UTF8.self).lowercased()
    return (folded == bare ? [folded] : [folded, bare]).filter { (3...32).contains($0.utf8.count) }
  }
}

extension UInt8 {
  /// Whether user names may have this byte.
  fileprivate var isNamePart: Bool {
    isASCIIAlphanumeric || self == UInt8(ascii: "_") || self == UInt8(ascii: ".") || self == UInt8(ascii: "-")
  }
}

extension [UInt8] {
  fileprivate var dropLastPunctuation: ArraySlice<UInt8> {
    var slice = self[...]
    while let last = slice.last, !last.isASCIIAlphanumeric { slice.removeLast() }
    return slice
  }
}
