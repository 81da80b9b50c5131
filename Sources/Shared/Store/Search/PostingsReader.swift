// Where one term stands, read back from the newest block.

/// Remembers the block that was found last: whoever asks for an earlier one that has nothing of the term in between asks nothing.
struct PostingsReader {
  private let term: SearchTerm
  private let sealedBlocks: Int64
  private let index: Database
  private var block = Int64.max
  private var offsets: [UInt8] = []

  init(_ term: SearchTerm, sealedBlocks: Int64, _ index: Database) {
    (self.term, self.sealedBlocks, self.index) = (term, sealedBlocks, index)
  }

  /// The newest block, up to one, in which the term stands; -1 if there is none. Counts questions to the database in `steps`.
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

  /// Whether the term stands in this block.
  mutating func read(_ block: Int64, _ steps: inout Int) throws -> Bool {
    steps += 1
    self.block = block
    offsets =
      if block >= sealedBlocks {
        try index.first("SELECT offsets FROM fresh WHERE key = ?", .integer(term.freshKey(block: block))) { $0.bytes(0) } ?? []
      } else {
        try index.first("SELECT offsets FROM postings WHERE key = ?", .integer(term.postingsKey(block: block))) { $0.bytes(0) } ?? []
      }
    return !offsets.isEmpty
  }

  /// Adds the places of the block that was found last.
  func insert(into found: inout PostingsBlock) { found.insert(offsets) }
}
