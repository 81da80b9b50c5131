// The positions that have all terms of a search, from the newest block back.
public import Domain
public import SQL

/// Reads of each block only the terms that still matter: a block in which one of the groups has none of its terms is skipped.
public struct PostingsIntersection {
  /// Rooms whose terms are intersected in every block; of more rooms, only in blocks with many candidates.
  static let roomTermsMax = 16

  /// The message must have one of the terms of each group.
  private var groups: [[PostingsReader]]
  private let rooms: [SearchTerm]
  private let sealedBlocks: Int64
  private let range: ClosedRange<Int64>
  private let index: Database
  /// The next block to be read; all older ones follow. -1 at the end.
  private var block: Int64

  /// Queries so far.
  public private(set) var steps = 0

  /// Positions in `range` that have one term of each group, in one of the rooms. `groups` must not be empty.
  public init(_ groups: [[SearchTerm]], rooms: [RoomRowID], in range: ClosedRange<Int64>, _ index: Database) throws {
    let rooms = rooms.map(SearchTerm.room)
    let sealedBlocks = try SearchIndex.sealedBlocks(index)
    self.groups = (rooms.count <= Self.roomTermsMax ? groups + [rooms] : groups).map { group in
      group.map { PostingsReader($0, sealedBlocks: sealedBlocks, index) }
    }
    (self.rooms, self.sealedBlocks, self.range, self.index) = (rooms, sealedBlocks, range, index)
    block = PostingsBlock.number(of: min(try SearchIndex.lastPosition(index), range.upperBound))
  }

  /// All positions from this one on have been scanned; nil if there is nothing before it.
  public var scannedThrough: Int64? { block < PostingsBlock.number(of: range.lowerBound) ? nil : (block + 1) << PostingsBlock.bits }

  /// The positions of the next block that has any, the newest first. Nil if there are none, or if `stepsMax` is reached before.
  public mutating func next(stepsMax: Int) throws -> [Int64]? {
    let first = block
    while scannedThrough != nil, block == first || steps < stepsMax {
      guard try skipToCandidates() else { continue }
      let found = try positions()
      block -= 1
      if !found.isEmpty { return found }
    }
    return nil
  }

  /// Goes back to a block that has a term of every group. False if it had to move.
  private mutating func skipToCandidates() throws -> Bool {
    for group in groups.indices {
      var newest: Int64 = -1
      // Once one term is known to be in the block, the others are read only if the block matters.
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
    if rooms.count > Self.roomTermsMax, found.count > 2 * rooms.count { found.formIntersection(try ofRooms()) }
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
