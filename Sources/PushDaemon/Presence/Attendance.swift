// What a loop remembers of its lines for presence: five bytes each.
import Domain

struct Attendance {
  enum State: UInt8 {
    /// Does not count: not signed in, or one of too many.
    case absent = 0
    case active, idle
  }

  private var states: [State] = []
  /// The notice that each line was told last.
  private var notices: [UInt32] = []
  private var notice: UInt32 = 0

  subscript(_ slot: UInt32) -> State {
    get { Int(slot) < states.count ? states[Int(slot)] : .absent }
    set {
      while states.count <= Int(slot) {
        states.append(.absent)
        notices.append(0)
      }
      states[Int(slot)] = newValue
    }
  }

  /// Begins another notice, which nobody was told yet.
  mutating func beginNotice() {
    notice &+= 1
  }

  /// False if the line was told the present notice already, in another room.
  mutating func tellOnce(_ slot: UInt32) -> Bool {
    guard Int(slot) < notices.count, notices[Int(slot)] != notice else { return false }
    notices[Int(slot)] = notice
    return true
  }
}
