// A property by which messages are found.
public import Domain

/// A word, an author or a room, as one number below 2 to the 39th.
public struct SearchTerm: Hashable, Comparable, Sendable {
  let number: Int64

  static func word(_ id: Int64) -> SearchTerm { SearchTerm(number: id << 2) }
  public static func author(_ user: UserRowID) -> SearchTerm { SearchTerm(number: user.value << 2 | 1) }
  public static func room(_ room: RoomRowID) -> SearchTerm { SearchTerm(number: room.value << 2 | 2) }

  public static func < (one: SearchTerm, other: SearchTerm) -> Bool { one.number < other.number }

  init(number: Int64) { self.number = number }

  /// The number of the word; nil for an author or a room.
  var word: Int64? { number & 3 == 0 ? number >> 2 : nil }
}

extension SearchTerm {
  /// The highest number of a block.
  static let blockMax: Int64 = 1 << 24 - 1

  /// The key of the term and a block in `postings`.
  func postingsKey(block: Int64) -> Int64 { number << 24 | block }

  /// The key in `unsealed`: block by block, so that postings that are written at once lie together.
  func unsealedKey(block: Int64) -> Int64 { block << 40 | number }

  init(unsealedKey key: Int64) { number = key & (1 << 40 - 1) }

  static func block(ofUnsealedKey key: Int64) -> Int64 { key >> 40 }
}

extension SearchTerm {
  /// Many terms in few bytes: the differences of an ascending list, seven bits a byte.
  static func pack(_ terms: [SearchTerm]) -> [UInt8] {
    var (bytes, last) = ([UInt8](), Int64(0))
    bytes.reserveCapacity(4 * terms.count)
    for term in terms {
      var difference = term.number - last
      while difference > 0x7f {
        bytes.append(UInt8(difference & 0x7f) | 0x80)
        difference >>= 7
      }
      bytes.append(UInt8(difference))
      last = term.number
    }
    return bytes
  }

  static func unpack(_ bytes: [UInt8]) -> [SearchTerm] {
    var (terms, last, difference, shift) = ([SearchTerm](), Int64(0), Int64(0), Int64(0))
    for byte in bytes {
      difference |= Int64(byte & 0x7f) << shift
      shift += 7
      guard byte & 0x80 == 0 else { continue }
      last &+= difference
      terms.append(SearchTerm(number: last))
      (difference, shift) = (0, 0)
    }
    return terms
  }
}
