// Finds the user names that a text mentions with `@`.

/// The rule, which the web client's `mentions.js` repeats to show mentions:
///
/// - An `@` with a name after it mentions, at the start of a word and after any other sign: "(@bob)", "_@bob_", "cc:@bob", "@alice/@bob",
///   "你好@bob".
/// - It does not inside an address: after a letter, a digit, or `_`, `-`, `+` that follow one ("mail@bob"); in a URL, up to its end
///   ("https://m.example/@bob/101", "m.example/@bob"); as "@bob@m.example", which names a user of another server.
/// - It does not in code (see `CodeSpans`).
/// - The name is as long as possible, but need not be all that could be a name: a sentence may go on at a full stop or a hyphen, and marks at
///   the end may be punctuation or emphasis ("@bob...what", "@bob.See you", "@bob-", "_@bob_"). The longest spelling that a member has counts.
public enum MentionedNames {
  /// Names that are looked up per message; further ones are plain text.
  public static let max = 20
  /// Spellings of these names in all: bounds what a message costs.
  public static let spellingsMax = 60

  /// The possible user names after each `@`, in the order of the text, folded to lower case: for each, the spellings to try, longest first.
  ///
  /// Takes a time that grows with the length of the text.
  public static func find(in text: String) -> [[String]] {
    // Most messages have none: one pass over the bytes, nothing allocated.
    guard text.utf8.contains(UInt8(ascii: "@")) else { return [] }
    let scalars = Array(text.unicodeScalars)
    var code = CodeSpans.find(in: scalars)[...]
    var names: [[String]] = []
    var seen: Set<String> = []
    var spellingsLeft = spellingsMax
    var context = Context()
    var index = 0
    while index < scalars.count {
      if let span = code.first, index == span.lowerBound {
        code.removeFirst()
        context = Context()
        index = span.upperBound
        continue
      }
      guard scalars[index] == "@", !context.isAddress else {
        context.take(scalars[index], before: scalars[(index + 1)...])
        index += 1
        continue
      }
      let run = scalars[(index + 1)...].prefix(while: \.isNamePart)
      index = run.endIndex
      if isOnAnotherServer(run, before: scalars[index...]) {
        context.beginAddress()
        continue
      }
      context = Context()
      let spellings = spellings(of: Array(run)).prefix(spellingsLeft)
      guard let longest = spellings.first, seen.insert(longest).inserted else { continue }
      names.append(Array(spellings))
      spellingsLeft -= spellings.count
      if names.count == max || spellingsLeft == 0 { break }
    }
    return names
  }

  /// Whether an `@` and the name of a server follow a name.
  private static func isOnAnotherServer(_ name: ArraySlice<Unicode.Scalar>, before rest: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let last = name.last, last.isASCIIAlphanumeric || last == "_" else { return false }
    return rest.first == "@" && rest.dropFirst().first?.isASCIIAlphanumeric == true
  }

  /// The spellings of a name, longest first: as written, up to each end of a word, and with the first sign after that.
  private static func spellings(of run: [Unicode.Scalar]) -> [String] {
    // Whether the signs from here on may be punctuation: they end the run, or have a full stop or a hyphen among them. In a word, `_` is none.
    var isEnd = [Bool](repeating: true, count: run.count + 1)
    for index in run.indices.reversed() where run[index].isASCIIAlphanumeric || run[index] == "_" {
      isEnd[index] = run[index] == "_" && isEnd[index + 1]
    }
    let lengths = (3...32).reversed().filter { length in
      guard length <= run.count, isEnd[length] else { return false }
      return length == run.count || run[length - 1].isASCIIAlphanumeric || run[length - 2].isASCIIAlphanumeric
    }
    return lengths.map { length in
      var name = String.UnicodeScalarView()
      name.append(contentsOf: run.prefix(length))
      return String(name).lowercased()
    }
  }

  /// What an `@` would be part of.
  private struct Context {
    /// Whether an `@` here belongs to an address.
    var isAddress: Bool { isInWord || isInURL }
    private var isInWord = false
    /// The word has a full stop: with a slash after it, it is the name of a host.
    private var hasDot = false
    private var isInURL = false

    init() {}

    mutating func beginAddress() { isInWord = true }

    mutating func take(_ scalar: Unicode.Scalar, before rest: ArraySlice<Unicode.Scalar>) {
      guard !isInURL else {
        if !scalar.isInURL { self = Context() }
        return
      }
      switch scalar {
      case ":" where isInWord && rest.starts(with: ["/", "/"]): isInURL = true
      case "/" where isInWord && hasDot: isInURL = true
      // An address has them inside; elsewhere they are lists and emphasis.
      case "_", "-", "+", "@": break
      case "." where isInWord: (isInWord, hasDot) = (false, true)
      // ASCII only: scripts without spaces put an @ right after a word, and addresses have no such characters before it.
      case let letter where letter.isASCIIAlphanumeric: isInWord = true
      default: self = Context()
      }
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isASCIIAlphanumeric: Bool { isASCII && UInt8(truncatingIfNeeded: value).isASCIIAlphanumeric }

  /// Whether user names may have this character.
  fileprivate var isNamePart: Bool { isASCIIAlphanumeric || self == "_" || self == "." || self == "-" }

  /// Whether a URL in a text goes on with this character; letters of any script do.
  fileprivate var isInURL: Bool {
    guard !isASCII else { return value > 0x20 && self != "<" && self != ">" && self != "\"" && self != "'" && self != "`" }
    return switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .enclosingMark,
      .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}
