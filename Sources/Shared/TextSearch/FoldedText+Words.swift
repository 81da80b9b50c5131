// Cutting folded text into words, and joining those that are one word to who searches for them.

extension FoldedText {
  /// What becomes of a character between two words.
  private enum Joint {
    /// It is left out: co-op is found by coop.
    case leftOut
    /// It stays: 1.2.3 is not 123, and .pdf is found in report.pdf.
    case kept
    /// The words are apart.
    case none
  }

  /// Finds the words in one pass, which also closes the gaps where joints are left out.
  mutating func findWords() {
    var cutter = Cutter(scalars: scalars, origins: origins)
    // Otherwise the cutter would write into copies.
    (scalars, origins) = ([], [])
    cutter.cut()
    (scalars, origins, words, compounds) = (cutter.scalars, cutter.origins, cutter.words, cutter.compounds)
  }

  /// Whether a word or a compound begins at a scalar.
  func wordBegins(at index: Int) -> Bool {
    Self.first(words) { $0.range.lowerBound >= index }?.range.lowerBound == index
      || Self.first(compounds) { $0.range.lowerBound >= index }?.range.lowerBound == index
  }

  /// Whether a word or a compound ends before a scalar.
  func wordEnds(at index: Int) -> Bool {
    Self.first(words) { $0.range.upperBound >= index }?.range.upperBound == index
      || Self.first(compounds) { $0.range.upperBound >= index }?.range.upperBound == index
  }

  /// The first element of a sorted list from which on a condition holds; nil if it holds nowhere.
  private static func first<Element>(_ list: [Element], where holds: (Element) -> Bool) -> Element? {
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(list[middle]) { high = middle } else { low = middle + 1 }
    }
    return low < list.count ? list[low] : nil
  }

  private static func joint(_ scalar: Unicode.Scalar, _ before: Unicode.Scalar, _ after: Unicode.Scalar) -> Joint {
    let areDigits = isDigit(before) && isDigit(after)
    return switch scalar {
    case "_", "'": .leftOut
    case "-": areDigits ? .kept : .leftOut
    case ".": .kept
    case ",", ":", "/": areDigits ? .kept : .none
    default: .none
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

  /// The state of the pass: scalars before `written` are as they stay, those from `next` on are still to be read.
  private struct Cutter {
    var scalars: [Unicode.Scalar]
    var origins: [Range<Int>]
    var words: [Word] = []
    var compounds: [Compound] = []
    private var next = 0
    private var written = 0

    init(scalars: [Unicode.Scalar], origins: [Range<Int>]) {
      (self.scalars, self.origins) = (scalars, origins)
    }

    mutating func cut() {
      while next < scalars.count {
        switch FoldedText.kind(of: scalars[next]) {
        case nil: keep()
        case .sign:
          keep()
          words.append(Word(kind: .sign, range: written - 1..<written))
        case .unspaced: takeWord(.unspaced)
        case .spaced: takeCompound()
        }
      }
      scalars.removeLast(scalars.count - written)
      origins.removeLast(origins.count - written)
    }

    private mutating func keep() {
      if written != next { (scalars[written], origins[written]) = (scalars[next], origins[next]) }
      (next, written) = (next + 1, written + 1)
    }

    private mutating func takeWord(_ kind: WordKind) {
      let start = written
      repeat { keep() } while next < scalars.count && FoldedText.kind(of: scalars[next]) == kind
      words.append(Word(kind: kind, range: start..<written))
    }

    private mutating func takeCompound() {
      let start = beginsWithSign() ? written - 1 : written
      let first = words.count
      var (hasSigns, hasNumbers) = (start < written, false)
      while true {
        takeWord(.spaced)
        guard next < scalars.count else { break }
        if scalars[next] == "+" || scalars[next] == "#" {
          hasSigns = true
          repeat { keep() } while next < scalars.count && (scalars[next] == "+" || scalars[next] == "#")
          guard next < scalars.count, FoldedText.kind(of: scalars[next]) == .spaced else { break }
          continue
        }
        guard next + 1 < scalars.count, FoldedText.kind(of: scalars[next + 1]) == .spaced else { break }
        let joint = FoldedText.joint(scalars[next], scalars[written - 1], scalars[next + 1])
        guard joint != .none else { break }
        if joint == .kept {
          hasNumbers = hasNumbers || FoldedText.isDigit(scalars[written - 1]) || FoldedText.isDigit(scalars[next + 1])
          keep()
        } else {
          next += 1
        }
      }
      guard hasSigns || words.count - first > 1 else { return }
      compounds.append(
        Compound(range: start..<written, parts: first..<words.count, hasSigns: hasSigns, hasNumbers: hasNumbers))
    }

    /// Whether the word that begins here has a sign in front: .net, #42, @bob.
    private func beginsWithSign() -> Bool {
      guard let sign = written > 0 ? scalars[written - 1] : nil, sign == "#" || sign == "@" || (sign == "." && !isDigit(scalars[next]))
      else { return false }
      guard written > 1 else { return true }
      return scalars[written - 2] != sign && FoldedText.kind(of: scalars[written - 2]) == nil
    }
  }
}
