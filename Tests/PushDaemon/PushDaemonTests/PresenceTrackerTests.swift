// Who is here, told when: the rules against a clock that the test turns.
import Domain
import EventLoop
import Posix
import Store
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct PresenceTrackerTests {
  private static let (alice, bob) = (UserRowID(1), UserRowID(2))
  private static let second = PresenceTracker.ticksPerSecond

  /// A board and the time. Everything that is told is written down as "tick user state".
  private struct Watch {
    var board = PresenceTracker()
    var now: PresenceTracker.Tick = 100

    /// Lets the time pass and writes down what becomes due in it.
    mutating func wait(_ ticks: PresenceTracker.Tick) -> [String] {
      var told: [String] = []
      for _ in 0..<ticks {
        told += board.takeChanges(at: now).map { "\(now - 100) \($0.user == alice ? "alice" : "bob") \($0.state.word)" }
        now += 1
      }
      return told
    }

    mutating func open(_ user: UserRowID) {
      let counts = board.opened(user, at: now)
      #expect(counts)
    }

    mutating func close(_ user: UserRowID, wasActive: Bool = true) { board.closed(user, wasActive: wasActive, at: now) }
    mutating func turn(_ user: UserRowID, isActive: Bool) { board.turned(user, isActive: isActive, at: now) }
  }

  @Test func `Alice comes, turns away and leaves: told at once, at once, and after the grace`() {
    var watch = Watch()
    watch.open(Self.alice)
    #expect(watch.wait(10) == ["0 alice active"])
    watch.turn(Self.alice, isActive: false)
    #expect(watch.wait(10) == ["10 alice idle"])
    watch.close(Self.alice, wasActive: false)
    #expect(watch.wait(100) == ["52 alice offline"])
    #expect(watch.board.count == 0 && watch.board.told(Self.alice) == nil)
  }

  @Test func `the most active of her devices counts`() {
    var watch = Watch()
    for _ in 0..<3 { watch.open(Self.alice) }
    _ = watch.wait(20)
    watch.turn(Self.alice, isActive: false)
    watch.turn(Self.alice, isActive: false)
    #expect(watch.wait(20) == [])
    watch.close(Self.alice)
    #expect(watch.wait(20) == ["40 alice idle"])
    watch.turn(Self.alice, isActive: true)
    #expect(watch.wait(20) == ["60 alice active"])
  }

  @Test func `who comes back within the grace was never away, and idle stays idle if the new line says so at once`() {
    var watch = Watch()
    watch.open(Self.alice)
    watch.turn(Self.alice, isActive: false)
    #expect(watch.wait(8) == ["0 alice idle"])
    for _ in 0..<5 {
      watch.close(Self.alice, wasActive: false)
      #expect(watch.wait(PresenceTracker.graceTicks - 1) == [])
      watch.open(Self.alice)
      #expect(watch.wait(2) == [])
      watch.turn(Self.alice, isActive: false)
      #expect(watch.wait(8) == [])
    }
    // A line that says nothing makes her active, once it has had the time to say otherwise.
    watch.open(Self.alice)
    #expect(watch.wait(3) == [])
    #expect(watch.wait(5).count == 1)
  }

  @Test func `whoever was here by the book of an earlier daemon is announced only if she stays away`() {
    var watch = Watch()
    watch.board.restore(Self.alice, .idle, seen: -7, at: watch.now)
    watch.board.restore(Self.bob, .active, seen: 3, at: watch.now)
    #expect(watch.board.told(Self.alice) == PresenceTracker.Change(user: Self.alice, state: .idle, seen: -7))
    #expect(watch.wait(8) == [])
    watch.open(Self.bob)
    #expect(watch.wait(100) == ["32 alice offline"])
    #expect(watch.board.told(Self.bob)?.state == .active)
  }

  @Test(arguments: [Int64.min / 2, 0, 4_000_000_000_000])
  func `whoever was seen when the clock stood somewhere else is told of all the same`(seenAt: Int64) throws {
    let register = SharedPresenceTracker()
    register.restore([PresenceRecord(user: Self.alice, state: .idle, seenAt: Timestamp(milliseconds: seenAt))])
    let change = try #require(register.take(at: PresenceTracker.graceTicks + 1).changes.first)
    #expect(change.state == .offline)
    #expect(register.time(change.seen).milliseconds <= Clock.wallMilliseconds())
  }

  @Test func `a device that cannot make up its mind is told once a second at most`() {
    var watch = Watch()
    watch.open(Self.alice)
    var told = watch.wait(1)
    for step in 0..<40 {
      watch.turn(Self.alice, isActive: step % 2 == 1)
      told += watch.wait(1)
    }
    #expect(told.count <= 11)
    #expect(told.count > 1)
  }

  @Test func `who comes among new people is told to them although nothing has changed`() {
    var watch = Watch()
    watch.open(Self.alice)
    _ = watch.wait(8)
    watch.board.moved(Self.alice, at: watch.now)
    watch.board.moved(Self.bob, at: watch.now)
    #expect(watch.wait(8) == ["8 alice active"])
  }

  @Test func `lines beyond the bound do not count, newcomers beyond it are not kept`() {
    var board = PresenceTracker()
    var counted = 0
    for _ in 0..<PresenceTracker.linesPerUserMax where board.opened(Self.alice, at: 0) { counted += 1 }
    #expect(counted == PresenceTracker.linesPerUserMax)
    let oneMore = board.opened(Self.alice, at: 0)
    #expect(!oneMore)
    let newcomer = PresenceTracker.NewSubscriber(loop: 0, token: Token(slot: 0, generation: 1), user: Self.alice, only: nil)
    for _ in 0...PresenceTracker.newcomersMax { board.greet(newcomer) }
    let counts = [board.takeNewcomers().count, board.takeNewcomers().count]
    #expect(counts == [PresenceTracker.newcomersMax, 0])
  }

  @Test func `what is said of lines that are not there changes nothing and breaks nothing`() {
    var watch = Watch()
    watch.close(Self.alice)
    watch.turn(Self.alice, isActive: true)
    #expect(watch.wait(50) == [] && watch.board.count == 0)
  }

  @Test func `after any coming and going, what was told last is what is so, and no state is told twice`() {
    var random = SplitMix(seed: 4)
    var watch = Watch()
    var lines: [UserRowID: [Bool]] = [:]
    var told: [UserRowID: PresenceState] = [:]
    for _ in 0..<5000 {
      let user = UserRowID(random.int64(1...3))
      switch random.int(0...3) {
      case 0:
        watch.open(user)
        lines[user, default: []].append(true)
      case 1:
        guard let active = lines[user]?.popLast() else { continue }
        watch.close(user, wasActive: active)
      case 2:
        guard let active = lines[user]?.last else { continue }
        watch.turn(user, isActive: !active)
        lines[user, default: []][(lines[user]?.count ?? 1) - 1] = !active
      default:
        watch.now += PresenceTracker.Tick(random.int(1...40))
      }
      for change in watch.board.takeChanges(at: watch.now) {
        #expect(told[change.user, default: .offline] != change.state)
        told[change.user] = change.state
      }
    }
    watch.now += 1000
    for change in watch.board.takeChanges(at: watch.now) { told[change.user] = change.state }
    for number in Int64(1)...3 {
      let lines = lines[UserRowID(number)] ?? []
      #expect(told[UserRowID(number), default: .offline] == (lines.isEmpty ? .offline : lines.contains(true) ? .active : .idle))
    }
  }
}

@Suite struct PresenceNewsTests {
  private func text(_ frame: [UInt8]) -> String { String(decoding: frame.drop { $0 != UInt8(ascii: "{") }, as: UTF8.self) }

  @Test func `rooms with the same changes share a frame, whoever is in several of them`() {
    var notices = DiffGrouping()
    for room in Int64(1)...5 { notices.add(0, in: RoomRowID(room)) }
    for room in Int64(4)...6 { notices.add(1, in: RoomRowID(room)) }
    let all = notices.all
    #expect(all.map { "\($0.changes) \($0.rooms.map(\.value).sorted())" }.sorted() == ["[0, 1] [4, 5]", "[0] [1, 2, 3]", "[1] [6]"])
    #expect(all.map(\.within) == [[], [0], [0]], "who has heard of both need not hear of one of them again")
  }

  @Test func `who is estranged from somebody in a notice gets it without her, or not at all`() {
    let (bob, mallory) = (UserRowID(2), UserRowID(3))
    let notice = PresenceUpdate.PresenceDiff(
      [(Array(#"{"a":1}"#.utf8), [bob, mallory]), (Array(#"{"b":2}"#.utf8), [mallory])], rooms: [RoomRowID(1)], within: [])
    #expect(text(notice.frame) == #"{"event":"presence","data":{"changes":[{"a":1},{"b":2}]}}"#)
    #expect(notice.frames[bob].map(text) == #"{"event":"presence","data":{"changes":[{"b":2}]}}"#)
    #expect(notice.frames[mallory] == [] && notice.frames.count == 2)
  }

  @Test func `a line is told a notice once, in whichever room it comes first`() {
    var attendance = ConnectionPresence()
    for slot in [UInt32(5), 0] { attendance[slot] = .active }
    attendance.beginNotices(1)
    var told = (0..<2).map { _ in attendance.tell(5, notice: 0, within: []) } + [attendance.tell(0, notice: 0, within: [])]
    attendance.beginNotices(1)
    told.append(attendance.tell(5, notice: 0, within: []))
    #expect(told == [true, false, true, true])
    #expect(attendance[3] == .absent && attendance[5] == .active && attendance[99] == .absent)
  }
}

extension PresenceNewsTests {
  @Test func `a line that has just been told more is spared the less, but not what is new`() {
    var attendance = ConnectionPresence()
    for slot in [UInt32(1), 2] { attendance[slot] = .active }
    attendance.beginNotices(3)
    let first = attendance.tell(1, notice: 0, within: [])
    let part = attendance.tell(1, notice: 1, within: [0])
    let other = attendance.tell(1, notice: 2, within: [])
    #expect([first, part, other] == [true, false, true])
    // Who has not been told the one is told the other; and what was told in the round before says nothing of this one.
    let another = attendance.tell(2, notice: 1, within: [0])
    attendance.beginNotices(2)
    let later = attendance.tell(1, notice: 1, within: [0])
    #expect(another && later)
  }
}

@Suite struct HeadCountsTests {
  private func circle(_ members: Int64) -> RoomSize { RoomSize(room: RoomRowID(1), memberCount: members) }

  private func newcomer(_ slot: UInt32) -> PresenceTracker.NewSubscriber {
    PresenceTracker.NewSubscriber(loop: 0, token: Token(slot: slot, generation: 1), user: UserRowID(1), only: nil)
  }

  @Test func `a large room is counted once a second however many come, and a larger one more rarely`() {
    func counted(_ members: Int64, seconds: PresenceTracker.Tick) -> Int {
      var counts = OnlineCounts()
      var times = 0
      for tick in 0..<(seconds * PresenceTracker.ticksPerSecond) {
        for _ in 0..<10 { counts.note(circle(members), at: tick) }
        for room in counts.due(at: tick) {
          times += 1
          if case .newcomers = counts.counted(room, 1 + times, at: tick) { Issue.record("the number has changed, and not all are told") }
        }
      }
      return times
    }
    #expect(counted(501, seconds: 10) == 10)
    #expect(counted(100_000, seconds: 10) == 2)
  }

  @Test func `a number that is as it was is told only to those who have just come`() {
    var counts = OnlineCounts()
    counts.note(circle(600), waiting: newcomer(1), at: 0)
    guard case .everyone = counts.counted(RoomRowID(1), 7, at: 0) else { return #expect(Bool(false)) }
    counts.note(circle(600), waiting: newcomer(2), at: 1)
    #expect(counts.due(at: 3) == [] && counts.due(at: 4) == [RoomRowID(1)])
    guard case .newcomers(let waiting) = counts.counted(RoomRowID(1), 7, at: 4) else { return #expect(Bool(false)) }
    #expect(waiting.map(\.token.slot) == [2])
    #expect(counts.due(at: 100) == [])
  }
}
