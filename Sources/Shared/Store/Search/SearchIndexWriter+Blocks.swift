// Changing what the index has of whole blocks.
import Domain

extension SearchIndexWriter {
  /// Blocks that move at once: each page of `postings` is then written once for all of them.
  private static let sealedAtOnce: Int64 = 4

  /// Moves blocks to which nothing new can come to where their terms' other blocks are, once enough are complete.
  func seal(through position: Int64) throws {
    let (first, end) = (try SearchIndex.sealedBlocks(index), PostingsBlock.number(of: position + 1))
    guard end >= first + Self.sealedAtOnce else { return }
    let none = SearchTerm(number: 0)
    let (firstKey, endKey) = (none.freshKey(block: first), none.freshKey(block: end))

    // By term first: each page of `postings` is written once for all the blocks.
    var lists: [(key: Int64, offsets: [UInt8])] = []
    try index.forEach("SELECT key, offsets FROM fresh WHERE key >= ? AND key < ?", .integer(firstKey), .integer(endKey)) { row in
      let key = row.integer(0)
      lists.append((SearchTerm(freshKey: key).postingsKey(block: SearchTerm.block(ofFreshKey: key)), row.bytes(1)))
    }
    lists.sort { $0.key < $1.key }
    for (key, offsets) in lists { try index.run("INSERT INTO postings (key, offsets) VALUES (?, ?)", .integer(key), .blob(offsets)) }
    try index.run("DELETE FROM fresh WHERE key >= ? AND key < ?", .integer(firstKey), .integer(endKey))
    try index.run("UPDATE state SET sealed_blocks = ?", .integer(end))
  }

  /// Changes where a term stands in the block of a position.
  func change(_ term: SearchTerm, at position: Int64, _ sealedBlocks: Int64, _ change: (inout PostingsBlock, UInt16) -> Void) throws {
    let (block, offset) = (PostingsBlock.number(of: position), PostingsBlock.offset(of: position))
    if block < sealedBlocks {
      try changeSealed(term.postingsKey(block: block)) { change(&$0, offset) }
    } else {
      try changeFresh(term.freshKey(block: block)) { change(&$0, offset) }
    }
  }

  private func changeSealed(_ key: Int64, _ change: (inout PostingsBlock) -> Void) throws {
    var block = PostingsBlock()
    try index.first("SELECT offsets FROM postings WHERE key = ?", .integer(key)) { block.insert($0.bytes(0)) }
    change(&block)
    if block.isEmpty {
      try index.run("DELETE FROM postings WHERE key = ?", .integer(key))
    } else {
      try index.run("INSERT OR REPLACE INTO postings (key, offsets) VALUES (?, ?)", .integer(key), .blob(block.stored))
    }
  }

  func changeFresh(_ key: Int64, _ change: (inout PostingsBlock) -> Void) throws {
    var block = PostingsBlock()
    try index.first("SELECT offsets FROM fresh WHERE key = ?", .integer(key)) { block.insert($0.bytes(0)) }
    change(&block)
    if block.isEmpty {
      try index.run("DELETE FROM fresh WHERE key = ?", .integer(key))
    } else {
      try index.run("INSERT OR REPLACE INTO fresh (key, offsets) VALUES (?, ?)", .integer(key), .blob(block.stored))
    }
  }

  /// Takes out all that was said in a room.
  func forget(_ room: RoomRowID) throws {
    let sealedBlocks = try SearchIndex.sealedBlocks(index)
    let newest = try SearchIndex.lastPosition(index)
    var walk = try PostingsIntersection([[.room(room)]], rooms: [room], in: 0...newest, index)
    while let positions = try walk.next(stepsMax: .max) {
      let block = positions.first.map(PostingsBlock.number(of:)) ?? 0
      var gone: [SearchTerm: [UInt16]] = [:]
      for position in positions {
        for term in try terms(at: position) { gone[term, default: []].append(PostingsBlock.offset(of: position)) }
        try index.run("DELETE FROM documents WHERE position = ?", .integer(position))
      }
      for (term, offsets) in gone.sorted(by: { $0.key < $1.key }) {
        var places = PostingsBlock()
        for offset in offsets { places.insert(offset) }
        if block < sealedBlocks {
          try changeSealed(term.postingsKey(block: block)) { $0.subtract(places) }
        } else {
          try changeFresh(term.freshKey(block: block)) { $0.subtract(places) }
        }
      }
    }
  }
}
