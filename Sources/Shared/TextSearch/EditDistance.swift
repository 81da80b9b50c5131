// How many typing errors are between two words.

public enum EditDistance {
  /// Typing errors that a similar word may have, by the length of the word: none in short ones, to which too many are similar.
  public static func errorsMax(length: Int) -> Int {
    switch length {
    case ..<4: 0
    case ...neighboursLengthMax: 1
    default: 2
    }
  }

  /// Letters inserted, dropped, replaced, or swapped with their neighbour, to make one word of the other; nil beyond `limit`.
  /// (Optimal string alignment, in the band that the limit leaves.)
  public static func distance(
    _ one: some RandomAccessCollection<Unicode.Scalar>, _ other: some RandomAccessCollection<Unicode.Scalar>, limit: Int
  ) -> Int? {
    let (a, b) = (Array(one), Array(other))
    guard abs(a.count - b.count) <= limit else { return nil }
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var before = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    var row = before
    for i in 1...a.count {
      row[0] = i
      var best = i
      for j in 1...b.count {
        var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, before[j - 2] + 1) }
        row[j] = cost
        best = min(best, cost)
      }
      guard best <= limit else { return nil }
      (before, last, row) = (last, row, before)
    }
    return last[b.count] <= limit ? last[b.count] : nil
  }

  /// Words of at most this many letters, which may have one error, are looked up by their neighbours, longer ones by their pieces: in a
  /// shorter one there may be no three correct letters in a row.
  public static let neighboursLengthMax = 8

  /// Every word that is one error away, made with letters of the word's own alphabet, in UTF-8; some more than once, and the word itself.
  public static func neighbours(of word: [Unicode.Scalar]) -> [[UInt8]] {
    let letters = alphabet(of: word).map { Array($0.utf8) }
    let spelled = word.map { Array($0.utf8) }
    var neighbours: [[UInt8]] = []
    neighbours.reserveCapacity((2 * word.count + 1) * letters.count + 2 * word.count)
    for index in 0...word.count {
      let head = Array(spelled[..<index].joined())
      let tail = Array(spelled[index...].joined())
      for letter in letters { neighbours.append(head + letter + tail) }
      guard index < word.count else { continue }
      let rest = tail.dropFirst(spelled[index].count)
      neighbours.append(head + rest)
      for letter in letters { neighbours.append(head + letter + rest) }
      guard index + 1 < word.count else { continue }
      neighbours.append(head + spelled[index + 1] + spelled[index] + rest.dropFirst(spelled[index + 1].count))
    }
    return neighbours
  }

  /// Parts of a longer word, three letters or more each, of which one must be in any word that has at most `errorsMax` errors: there is
  /// one part more than errors. Two letters swapped across the border of two parts are an error in both: with that one corrected, the
  /// halves of the word have one error between them.
  public static func pieces(of word: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    var pieces = parts(of: word, 3)
    for border in [word.count / 3, 2 * word.count / 3] {
      var corrected = word
      corrected.swapAt(border - 1, border)
      pieces += parts(of: corrected, 2)
    }
    return pieces
  }

  private static func parts(of word: [Unicode.Scalar], _ count: Int) -> [[Unicode.Scalar]] {
    (0..<count).map { Array(word[($0 * word.count / count)..<(($0 + 1) * word.count / count)]) }
  }

  /// The letters of the word's alphabet, digits, and the full stop that node.js has and nodejs has not.
  private static func alphabet(of word: [Unicode.Scalar]) -> [Unicode.Scalar] {
    let ranges: [ClosedRange<UInt32>] =
      switch word.first?.value ?? 0 {
      case 0x370...0x3ff: [0x3b1...0x3c9]
      case 0x400...0x52f: [0x430...0x44f]
      case 0x530...0x58f: [0x561...0x586]
      case 0x590...0x5ff: [0x5d0...0x5ea]
      case 0x600...0x6ff: [0x621...0x64a]
      case 0x900...0x97f: [0x905...0x939, 0x93e...0x94d]
      default: [0x61...0x7a]
      }
    return (ranges + [0x30...0x39, 0x2e...0x2e]).flatMap { $0.compactMap(Unicode.Scalar.init) }
  }
}
