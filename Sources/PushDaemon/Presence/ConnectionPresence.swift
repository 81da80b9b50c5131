// Presence state of one loop's connections: five bytes each.
import Domain

struct ConnectionPresence {
  enum State: UInt8 {
    /// Does not count: not authenticated, or beyond the connections of a user that count.
    case untracked = 0
    case active, idle
  }

  private var states: [State] = []
  /// The last diff that each connection was sent, numbered across updates.
  private var lastDiffs: [UInt32] = []
  /// The number of the current update's first diff, and how many it has.
  private var firstDiff: UInt32 = 1
  private var diffCount: UInt32 = 0

  subscript(_ slot: UInt32) -> State {
    get { Int(slot) < states.count ? states[Int(slot)] : .untracked }
    set {
      while states.count <= Int(slot) {
        states.append(.untracked)
        lastDiffs.append(0)
      }
      states[Int(slot)] = newValue
    }
  }

  /// Begins an update of `diffCount` diffs, none of which has been sent to any connection.
  mutating func beginUpdate(diffCount count: Int) {
    firstDiff &+= diffCount
    diffCount = UInt32(count)
  }

  /// Records that a connection is sent diff `index` of the current update. False if it needs no sending: the connection was just sent this
  /// diff, for another room, or one of `supersetDiffs`, which contains it.
  mutating func markSent(_ slot: UInt32, diff index: Int, supersetDiffs: [Int]) -> Bool {
    guard Int(slot) < lastDiffs.count else { return false }
    let last = lastDiffs[Int(slot)] &- firstDiff
    if last < diffCount, last == index || supersetDiffs.contains(Int(last)) { return false }
    lastDiffs[Int(slot)] = firstDiff &+ UInt32(index)
    return true
  }
}
