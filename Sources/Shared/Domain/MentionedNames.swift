// The user names that a text calls by `@`.

package enum MentionedNames {
  /// Names that are looked up per message; further ones are plain text.
  package static let max = 20

  /// What may be a user name after each `@`, in the order of the text, folded to lower case: for each, the spellings to try, longest
  /// first, since "@bob." is Bob at the end of a sentence unless somebody is called "bob.".
  ///
  /// An `@` in the middle of a word calls nobody: it is an address.
  package static func find(in text: String) -> [[String]] {
    // Most messages have none: one pass over the bytes, nothing allocated.
    guard text.utf8.contains(UInt8(ascii: "@")) else { return [] }
    var names: [[String]] = []
    var seen: Set<String> = []
    var isInWord = false
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "@"), !isInWord else {
        // Of ASCII alone: scripts without spaces put an @ right behind their words, and addresses have none of them before it.
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

  /// The name as it stands, and without the punctuation that ends it.
  private static func spellings(of name: [UInt8]) -> [String] {
    let folded = String(decoding: name, as: UTF8.self).lowercased()
    let bare = String(decoding: name.dropLastPunctuation, as: UTF8.self).lowercased()
    return (folded == bare ? [folded] : [folded, bare]).filter { (3...32).contains($0.utf8.count) }
  }
}

extension UInt8 {
  /// What user names are made of.
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
