// What a loop remembers of its lines for presence: five bytes each.
import Domain

struct ConnectionPresence {
  enum State: UInt8 {
    /// Does not count: not signed in, or one of too many.
    case absent = 0
    case active, idle
  }

  private var states: [State] = []
  /// The notice that each line was told last.
  private var notices: [UInt32] = []
  /// The notices of the present round are numbered from here on, and are so many.
  private var firstNotice: UInt32 = 1
  private var noticeCount: UInt32 = 0

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

  /// Begins another round of notices, of which nobody was told any yet.
  mutating func beginNotices(_ count: Int) {
    firstNotice &+= noticeCount
    noticeCount = UInt32(count)
  }

  /// False if the line was told this notice already, in another room, or has just been told one that says all of it too.
  mutating func tell(_ slot: UInt32, notice: Int, within others: [Int]) -> Bool {
    guard Int(slot) < notices.count else { return false }
    let told = notices[Int(slot)] &- firstNotice
    if told < noticeCount, told == notice || others.contains(Int(told)) { return false }
    notices[Int(slot)] = firstNotice &+ UInt32(notice)
    return true
  }
}
