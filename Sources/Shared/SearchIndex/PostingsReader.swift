// The postings of one term, read from the newest block back.
import SQL

/// Remembers the block that was found last: asking again for a block between it and the newest one costs no query.
struct PostingsReader {
  private let term: SearchTerm
  private let sealedBlocks: Int64
  private let index: Database
  private var block = Int64.max
  private var offsets: [UInt8] = []

  init(_ term: SearchTerm, sealedBlocks: Int64, _ index: Database) {
    (self.term, self.sealedBlocks, self.index) = (term, sealedBlocks, index)
  }

  /// The newest block, up to `last`, that has the term; -1 if there is none. Counts queries in `steps`.
  mutating func newest(through last: Int64, _ steps: inout Int) throws -> Int64 {
    guard block > last else { return block }
    var next = last
    while next >= sealedBlocks {
      if try read(next, &steps) { return next }
      next -= 1
    }
    (block, offsets) = (next < 0 ? nil : try sealed(through: next, &steps)) ?? (-1, [])
    return block
  }

  private func sealed(through last: Int64, _ steps: inout Int) throws -> (block: Int64, offsets: [UInt8])? {
    steps += 1
    return try index.first(
      "SELECT key & 0xffffff, offsets FROM postings WHERE key BETWEEN ? AND ? ORDER BY key DESC LIMIT 1",
      .integer(term.postingsKey(block: 0)), .integer(term.postingsKey(block: last))
    ) { ($0.integer(0), $0.bytes(1)) }
  }

  /// Whether this block has the term.
  mutating func read(_ block: Int64, _ steps: inout Int) throws -> Bool {
    steps += 1
    self.block = block
    offsets =
      if block >= sealedBlocks {
        try index.first("SELECT offsets FROM unsealed WHERE key = ?", .integer(term.unsealedKey(block: block))) { $0.bytes(0) } ?? []
      } else {
        try index.first("SELECT offsets FROM postings WHERE key = ?", .integer(term.postingsKey(block: block))) { $0.bytes(0) } ?? []
      }
    return !offsets.isEmpty
  }

  /// Adds the positions of the block that was found last.
  func insert(into found: inout PostingsBlock) { found.insert(offsets) }
}
