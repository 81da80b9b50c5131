// Changing postings block by block.
import Domain
import SQL

extension SearchIndexWriter {
  /// Blocks that move to `postings` at once: each page of it is then written once for all of them.
  private static let sealedAtOnce: Int64 = 4

  /// Moves full blocks to `postings`, to the other blocks of their terms, once enough are full.
  func seal(through position: Int64) throws {
    let (first, end) = (try SearchIndex.sealedBlocks(database), PostingsBlock.number(of: position + 1))
    guard end >= first + Self.sealedAtOnce else { return }
    let none = SearchTerm(number: 0)
    let (firstKey, endKey) = (none.unsealedKey(block: first), none.unsealedKey(block: end))

    // By term first: each page of `postings` is written once for all the blocks.
    var lists: [(key: Int64, offsets: [UInt8])] = []
    try database.forEach("SELECT key, offsets FROM unsealed WHERE key >= ? AND key < ?", .integer(firstKey), .integer(endKey)) { row in
      let key = row.integer(0)
      lists.append((SearchTerm(unsealedKey: key).postingsKey(block: SearchTerm.block(ofUnsealedKey: key)), row.bytes(1)))
    }
    lists.sort { $0.key < $1.key }
    for (key, offsets) in lists { try database.run("INSERT INTO postings (key, offsets) VALUES (?, ?)", .integer(key), .blob(offsets)) }
    try database.run("DELETE FROM unsealed WHERE key >= ? AND key < ?", .integer(firstKey), .integer(endKey))
    try database.run("UPDATE state SET sealed_blocks = ?", .integer(end))
  }

  /// Changes the postings of a term in the block of a position.
  func change(_ term: SearchTerm, at position: Int64, _ sealedBlocks: Int64, _ change: (inout PostingsBlock, UInt16) -> Void) throws {
    let (block, offset) = (PostingsBlock.number(of: position), PostingsBlock.offset(of: position))
    if block < sealedBlocks {
      try changeSealed(term.postingsKey(block: block)) { change(&$0, offset) }
    } else {
      try changeUnsealed(term.unsealedKey(block: block)) { change(&$0, offset) }
    }
  }

  private func changeSealed(_ key: Int64, _ change: (inout PostingsBlock) -> Void) throws {
    var block = PostingsBlock()
    try database.first("SELECT offsets FROM postings WHERE key = ?", .integer(key)) { block.insert($0.bytes(0)) }
    change(&block)
    if block.isEmpty {
      try database.run("DELETE FROM postings WHERE key = ?", .integer(key))
    } else {
      try database.run(
        "INSERT INTO postings (key, offsets) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET offsets = excluded.offsets", .integer(key),
        .blob(block.stored))
    }
  }

  func changeUnsealed(_ key: Int64, _ change: (inout PostingsBlock) -> Void) throws {
    var block = PostingsBlock()
    try database.first("SELECT offsets FROM unsealed WHERE key = ?", .integer(key)) { block.insert($0.bytes(0)) }
    change(&block)
    if block.isEmpty {
      try database.run("DELETE FROM unsealed WHERE key = ?", .integer(key))
    } else {
      try database.run(
        "INSERT INTO unsealed (key, offsets) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET offsets = excluded.offsets", .integer(key),
        .blob(block.stored))
    }
  }

  /// Removes all messages of a room, or those up to a position.
  func removeMessages(of room: RoomRowID, through position: Int64 = .max) throws {
    let sealedBlocks = try SearchIndex.sealedBlocks(database)
    let newest = min(try SearchIndex.lastPosition(database), max(position, 0))
    var walk = try PostingsIntersection([[.room(room)]], rooms: [room], in: 0...newest, database)
    while let positions = try walk.next(stepsMax: .max) {
      let block = positions.first.map(PostingsBlock.number(of:)) ?? 0
      var gone: [SearchTerm: [UInt16]] = [:]
      for position in positions {
        for term in try terms(at: position) { gone[term, default: []].append(PostingsBlock.offset(of: position)) }
        try database.run("DELETE FROM documents WHERE position = ?", .integer(position))
      }
      for (term, offsets) in gone.sorted(by: { $0.key < $1.key }) {
        var places = PostingsBlock()
        for offset in offsets { places.insert(offset) }
        if block < sealedBlocks {
          try changeSealed(term.postingsKey(block: block)) { $0.subtract(places) }
        } else {
          try changeUnsealed(term.unsealedKey(block: block)) { $0.subtract(places) }
        }
        try noteRemoved(term)
      }
    }
  }
}
