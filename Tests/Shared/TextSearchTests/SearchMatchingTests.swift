// Which texts match which queries, and what of them is highlighted.
import TestSupport
import Testing
import TextSearch

@Suite struct SearchMatchingTests {
  /// What is highlighted, with fuzzy matches only if there is no other; nil if the text does not match.
  private func hits(_ query: String, _ text: String) throws -> [String]? {
    let (query, folded) = (try SearchQuery(query), FoldedText(text))
    return (query.match(folded, fuzzy: false) ?? query.match(folded, fuzzy: true)).map { match in
      match.ranges.map { String(decoding: Array(text.utf8)[$0], as: UTF8.self) }
    }
  }

  @Test(arguments: SearchCase.all) func `a query finds what a user of a chat expects, and highlights that`(_ example: SearchCase) throws {
    #expect(try hits(example.query, example.text)?.first == example.hit)
  }

  @Test func `a place in a folded text is that of whole characters of the original`() throws {
    #expect(try hits("fi", "o\u{fb03}ce fine") == ["fi"])
    #expect(try hits("ice", "o\u{fb03}ce") == ["\u{fb03}ce"])
    #expect(try hits("co op", "co-op") == ["co", "op"])
    #expect(try hits("b", "a\u{ad}\u{200b} b\u{301}\u{200d}c") == ["b\u{301}\u{200d}"])
  }

  @Test func `terms have every part of a long word, and are few`() {
    let word = (0..<400).map { "abcdefghijklmnopqrstuvwxyz0123456789"[($0 * $0 + $0 % 7) % 36] }.joined()
    let terms = FoldedText("x-" + word).terms
    let scalars = Array(word.unicodeScalars)
    for start in 0...scalars.count - FoldedText.termStep {
      let part = String(scalars: scalars[start..<start + FoldedText.termStep])
      #expect(terms.contains { $0.contains(part) })
    }
    #expect(terms.count < 50 && terms.allSatisfy { $0.unicodeScalars.count <= FoldedText.termScalarsMax })
    #expect(FoldedText(String(repeating: "a-", count: 2000)).terms.count < 10)
    #expect(FoldedText("co-op C++ #42 v1.2").terms == ["co", "op", "coop", "c", "c++", "42", "#42", "v1", "2", "v1.2"])
    #expect(FoldedText("e" + String(repeating: "\u{301}", count: 4000)).terms == ["e"])
  }

  @Test func `any text is folded in place and in order`() throws {
    var random = SplitMix(seed: 15)
    let pieces = [
      "a", "9", "Z", "é", "ﬁ", "Ａ", "ß", "東", "ﾀﾞ", "🎉", "👩‍💻", "\u{ad}", "\u{200b}", "\u{301}", "\u{fe0f}", " ", "\n", "\r\n", "-", "'", "’",
      ".", ",",
      ":", "/", "_", "+", "#", "@", "\"", "&", "ﷺ", "½", "\u{e0041}",
    ]
    for _ in 0..<3000 {
      let text = (0..<random.int(0...14)).map { _ in random.pick(pieces) }.joined()
      let folded = FoldedText(text)
      #expect(folded.origins.count == folded.scalars.count)
      #expect(
        zip(folded.origins, folded.origins.dropFirst()).allSatisfy { $0 == $1 || $0.upperBound <= $1.lowerBound },
        "\(text.debugDescription)")
      #expect(folded.origins.last?.upperBound ?? 0 <= text.utf8.count)
      let (words, compounds) = (folded.words.map(\.range), folded.compounds.map(\.range))
      for ranges in [words, compounds] {
        #expect(ranges.allSatisfy { !$0.isEmpty && $0.upperBound <= folded.scalars.count })
        #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }, "\(text.debugDescription)")
      }
      for compound in folded.compounds {
        #expect(
          folded.words[compound.parts].allSatisfy {
            compound.range.contains($0.range.lowerBound) && $0.range.upperBound <= compound.range.upperBound
          })
      }
      // A text finds itself, unless it has no word or too many.
      let query = try SearchQuery(text)
      if !query.words.isEmpty { #expect(query.match(folded, fuzzy: false) != nil, "\(text.debugDescription)") }
    }
  }
}

extension String {
  fileprivate subscript(index: Int) -> String { String(self[self.index(startIndex, offsetBy: index)]) }
}
