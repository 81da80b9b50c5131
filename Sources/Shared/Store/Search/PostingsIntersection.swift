// The way back through the index: where all that is asked for stands together.
package import Domain

/// From the newest block to the oldest. Of each block only the terms are read that may still matter: a block in which one of the
/// groups has none of its terms is passed over.
package struct PostingsIntersection {
  /// Rooms that are asked for by their terms, block by block; of more, only blocks with many proposals are compared with them.
  static let roomsAskedMax = 16

  /// Of each group one of the terms must stand in the message.
  private var groups: [[PostingsReader]]
  private let rooms: [SearchTerm]
  private let sealedBlocks: Int64
  private let range: ClosedRange<Int64>
  private let index: Database
  /// What is still to be looked at: this block and all before it; -1 when nothing is.
  private var block: Int64

  /// Questions that were put to the database.
  package private(set) var steps = 0

  /// Positions in `range` where each group has one of its terms, in one of the rooms. `groups` must not be empty.
  package init(_ groups: [[SearchTerm]], rooms: [RoomRowID], in range: ClosedRange<Int64>, _ index: Database) throws {
    let rooms = rooms.map(SearchTerm.room)
    let sealedBlocks = try SearchIndex.sealedBlocks(index)
    self.groups = (rooms.count <= Self.roomsAskedMax ? groups + [rooms] : groups).map { group in
      group.map { PostingsReader($0, sealedBlocks: sealedBlocks, index) }
    }
    (self.rooms, self.sealedBlocks, self.range, self.index) = (rooms, sealedBlocks, range, index)
    block = PostingsBlock.number(of: min(try SearchIndex.lastPosition(index), range.upperBound))
  }

  /// Everything from this position on has been looked at; nil if there is nothing before it.
  package var border: Int64? { block < PostingsBlock.number(of: range.lowerBound) ? nil : (block + 1) << PostingsBlock.bits }

  /// The positions of the next block that has any, the newest first. Nil if there are none, or if `stepsMax` is reached before.
  package mutating func next(stepsMax: Int) throws -> [Int64]? {
    let first = block
    while border != nil, block == first || steps < stepsMax {
      guard try isSettled() else { continue }
      let found = try positions()
      block -= 1
      if !found.isEmpty { return found }
    }
    return nil
  }

  /// Goes back to a block in which every group has something. False if it had to go.
  private mutating func isSettled() throws -> Bool {
    for group in groups.indices {
      var newest: Int64 = -1
      // Once one is known to stand in the block, the others are read only if the block matters.
      for term in groups[group].indices where newest < block {
        newest = max(newest, try groups[group][term].newest(through: block, &steps))
      }
      if newest < block {
        block = newest
        return false
      }
    }
    return true
  }

  private mutating func positions() throws -> [Int64] {
    var found = PostingsBlock()
    for group in groups.indices {
      var one = PostingsBlock()
      for term in groups[group].indices where try groups[group][term].newest(through: block, &steps) == block {
        groups[group][term].insert(into: &one)
      }
      if group == 0 { found = one } else { found.formIntersection(one) }
    }
    if rooms.count > Self.roomsAskedMax, found.count > 2 * rooms.count { found.formIntersection(try ofRooms()) }
    return found.positions(inBlock: block).filter(range.contains)
  }

  private mutating func ofRooms() throws -> PostingsBlock {
    var all = PostingsBlock()
    for room in rooms {
      var reader = PostingsReader(room, sealedBlocks: sealedBlocks, index)
      if try reader.read(block, &steps) { reader.insert(into: &all) }
    }
    return all
  }
}
