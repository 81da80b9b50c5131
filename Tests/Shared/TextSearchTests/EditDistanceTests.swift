// Similar words, and how an index finds candidates for them.
import TestSupport
import Testing
import TextSearch

@Suite struct EditDistanceTests {
  private static let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789".unicodeScalars)

  private static func word(_ length: Int, _ random: inout SplitMix) -> [Unicode.Scalar] {
    (0..<length).map { _ in random.pick(letters) }
  }

  /// One letter wrong, missing, too much, or swapped with its neighbour.
  private static func damage(_ word: [Unicode.Scalar], _ random: inout SplitMix) -> [Unicode.Scalar] {
    var word = word
    let place = random.int(0...word.count - 1)
    switch random.int(0...3) {
    case 0: word[place] = random.pick(letters)
    case 1: word.remove(at: place)
    case 2: word.insert(random.pick(letters), at: random.int(0...word.count))
    default: if place > 0 { word.swapAt(place - 1, place) }
    }
    return word
  }

  @Test func `a word with few enough errors has one of the pieces, or is a neighbour`() {
    var random = SplitMix(seed: 41)
    var compared = 0
    for _ in 0..<20_000 {
      let word = Self.word(random.int(4...20), &random)
      var typed = Self.damage(word, &random)
      if random.int(0...1) == 0 { typed = Self.damage(typed, &random) }
      let errorsMax = EditDistance.errorsMax(length: typed.count)
      guard typed != word, errorsMax > 0, EditDistance.distance(typed, word, limit: errorsMax) != nil else { continue }
      compared += 1
      if typed.count <= EditDistance.neighboursLengthMax {
        #expect(EditDistance.neighbours(of: typed).contains(word.flatMap(\.utf8)), "\(typed) \(word)")
      } else {
        #expect(
          EditDistance.pieces(of: typed).contains { piece in word.indices.contains { word[$0...].starts(with: piece) } }, "\(typed) \(word)"
        )
      }
    }
    #expect(compared > 10_000)
  }

  @Test func `pieces are long enough for a trigram index`() {
    for length in (EditDistance.neighboursLengthMax + 1)...64 {
      #expect(EditDistance.pieces(of: Array(repeating: "x", count: length)).allSatisfy { $0.count >= 3 })
    }
  }

  @Test func `a distance is the number of errors`() {
    for (one, other, errors) in [
      ("anna", "anna", 0), ("anna", "anne", 1), ("anna", "nana", 1), ("anna", "ann", 1), ("anna", "hanna", 1), ("", "ab", 2),
      ("ca", "abc", nil), ("kitten", "sitting", nil), ("", "", 0),
    ] as [(String, String, Int?)] {
      #expect(EditDistance.distance(Array(one.unicodeScalars), Array(other.unicodeScalars), limit: 2) == errors, "\(one) \(other)")
    }
  }
}
