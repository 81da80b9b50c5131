// The excerpt of a message around its hits.

public enum Snippet {
  /// Text of a hit or between hits.
  public struct Part: Sendable, Equatable {
    public let text: String
    public let isHit: Bool

    public init(_ text: String, isHit: Bool) {
      self.text = text
      self.isHit = isHit
    }
  }

  /// Bytes of a snippet, and of them before the first hit; cut between characters.
  static let bytesMax = 320
  static let bytesBeforeMax = 80

  /// Hits are UTF-8 ranges at character boundaries, ascending and disjoint.
  public static func parts(of text: String, hits: [Range<Int>]) -> [Part] {
    let utf8 = text.utf8
    let start = text.utf8.count <= bytesMax ? 0 : max(0, (hits.first?.lowerBound ?? 0) - bytesBeforeMax)
    // Rounded down to a character boundary.
    func boundary(_ offset: Int) -> String.Index {
      let index = utf8.index(utf8.startIndex, offsetBy: min(offset, utf8.count))
      return index == text.endIndex ? index : text.startOfCharacter(at: index)
    }
    let (first, end) = (boundary(start), boundary(start + bytesMax))
    var parts: [Part] = []
    var done = first
    for hit in hits {
      let (from, to) = (max(boundary(hit.lowerBound), done), min(boundary(hit.upperBound), end))
      guard from < to else { continue }
      if done < from { parts.append(Part(String(text[done..<from]), isHit: false)) }
      parts.append(Part(String(text[from..<to]), isHit: true))
      done = to
    }
    if done < end { parts.append(Part(String(text[done..<end]), isHit: false)) }
    return parts
  }
}

extension String {
  /// The start of the character that contains this index.
  fileprivate func startOfCharacter(at index: Index) -> Index {
    self.index(before: self.index(after: index))
  }
}
