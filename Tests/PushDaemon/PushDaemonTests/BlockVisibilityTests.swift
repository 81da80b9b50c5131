// What users of a block hear of each other: live, in a replay, and while the block begins or ends.
import Domain
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct BlockVisibilityTests {
  private static let lobby: Int64 = 1

  /// The kinds that tell of a member of a room what a block hides.
  private static let hidden: Set<EventKind> = [.receipt, .userUpdated]

  /// A change of the block between users 1 and 2, made by `blocker`.
  private static func block(_ position: Int64, by blocker: Int64, stands: Bool) -> JournalEntry {
    let change = BlockChange(other: UserRowID(3 - blocker), stands: stands)
    return entry(position, .blocksChanged, user: blocker, data: String(decoding: change.data, as: UTF8.self))
  }

  /// One event of every kind that a room's members receive, about user 2.
  private static let events: [JournalEntry] = EventKind.allCases.filter { $0.scope == .room && $0 != .roomDeleted && $0 != .memberLeft }
    .enumerated().map { entry(Int64($0) + 1, $1, room: lobby, user: 2) }

  private static func positions(_ isVisible: (EventKind) -> Bool) -> [Int64] {
    events.filter { isVisible($0.kind) }.map(\.position)
  }

  private static func replayed(_ entries: [JournalEntry], to user: Int64, blocked: Set<UserRowID>) -> [Int64] {
    var cursor = MembershipCursor(
      user: UserRowID(user), session: SessionRowID(50), roomFilter: nil, rooms: [RoomRowID(lobby): PublicID(trusted: "room1")],
      blockedEitherWay: blocked)
    let batch = EventBatch(entries)
    return batch.events.filter { cursor.decide($0, of: batch) == .send }.map(\.position)
  }

  @Test func `the column of the table of kinds is the rule, for live delivery and for replay`() {
    #expect(Set(EventKind.allCases.filter(\.isHiddenByBlock)) == Self.hidden)
    let fixture = DeliveryFixture()
    let peers = [
      fixture.live(1, rooms: [Self.lobby], blocked: [2]), fixture.live(2, rooms: [Self.lobby], blocked: [1]),
      fixture.live(3, rooms: [Self.lobby]),
    ]
    fixture.publish(Self.events)
    let (all, visible) = (Self.positions { _ in true }, Self.positions { !Self.hidden.contains($0) })
    #expect(peers.map { $0.positions() } == [visible, all, all] && visible.count < all.count)
    #expect(Self.replayed(Self.events, to: 1, blocked: [UserRowID(2)]) == visible)
    #expect(Self.replayed(Self.events, to: 1, blocked: []) == all)
    #expect(Self.replayed(Self.events, to: 2, blocked: [UserRowID(1)]) == all, "one hears of oneself")
    #expect(Self.replayed(Self.events, to: 3, blocked: [UserRowID(4)]) == all)
  }

  @Test(arguments: [1, 2] as [Int64])
  func `a block begins and ends at its own place, on both sides, whoever made it`(blocker: Int64) {
    let entries = [
      entry(1, .receipt, room: 1, user: 2), entry(2, .receipt, room: 1, user: 1), Self.block(3, by: blocker, stands: true),
      entry(4, .receipt, room: 1, user: 2), entry(5, .receipt, room: 1, user: 1), entry(6, .newMessage, room: 1),
      Self.block(7, by: blocker, stands: false), entry(8, .userUpdated, room: 1, user: 2), entry(9, .userUpdated, room: 1, user: 1),
    ]
    let expected: [[Int64]] = [[1, 2, 5, 6, 8, 9], [1, 2, 4, 6, 8, 9], [1, 2, 4, 5, 6, 8, 9]]
    #expect((Int64(1)...3).map { Self.replayed(entries, to: $0, blocked: []) } == expected)
    // In one publication, and each event in one of its own.
    for isTogether in [true, false] {
      let fixture = DeliveryFixture()
      let peers = (Int64(1)...3).map { fixture.live($0, rooms: [1]) }
      if isTogether { fixture.publish(entries) } else { for entry in entries { fixture.publish([entry]) } }
      #expect(peers.map { $0.positions() } == expected)
    }
  }

  @Test func `all connections of a user know the blocks, also one that comes later; the last one leaves nothing behind`() {
    let fixture = DeliveryFixture()
    let laptop = fixture.live(1, rooms: [1], blocked: [2])
    let phone = fixture.live(1, rooms: [1], blocked: [2], only: 1)
    fixture.publish([entry(1, .receipt, room: 1, user: 2), entry(2, .newMessage, room: 1)])
    #expect(laptop.positions() == [2] && phone.positions() == [2])
    #expect(fixture.hub.usersApart(from: UserRowID(2)) == [UserRowID(1)])
    for peer in [laptop, phone] {
      peer.hangUp()
      fixture.read(peer)
    }
    #expect(fixture.hub.usersApart(from: UserRowID(2)).isEmpty && fixture.hub.blockedEitherWay(of: UserRowID(1)).isEmpty)
  }

  @Test func `a connection that catches up hears nothing of a blocked user, neither from the journal nor from the replay buffer`() {
    let fixture = DeliveryFixture(position: 2)
    fixture.publish([entry(3, .receipt, room: 1, user: 2), entry(4, .newMessage, room: 1)])
    let backlog = EventBatch([entry(1, .receipt, room: 1, user: 2), entry(2, .newMessage, room: 1)])
    let alice = fixture.catchingUp(1, rooms: [1], blocked: [2], after: 0, backlog: backlog, through: 2)
    fixture.publish([entry(5, .receipt, room: 1, user: 2), entry(6, .newMessage, room: 1)])
    #expect(alice.positions() == [2, 4, 6] && alice.connection.isLive)
  }

  @Test func `typing is not announced between the users of a block`() {
    let fixture = DeliveryFixture()
    let typing = TypingBroadcaster(io: fixture.io, hub: fixture.hub) { _ in }
    let (alice, mallory, bob) = (
      fixture.live(1, rooms: [1], blocked: [2]), fixture.live(2, rooms: [1], blocked: [1]), fixture.live(3, rooms: [1])
    )
    for user in Int64(1)...2 {
      typing.broadcastTyping(TypingNotification(room: RoomRowID(1), user: UserRowID(user), json: Array("typing \(user)".utf8)))
    }
    #expect(alice.frames() == [] && mallory.frames() == [] && bob.frames() == ["typing 1", "typing 2"])
  }

  @Test func `the change of a block is read back as it was written; an older one, without data, is none`() {
    for change in [BlockChange(other: UserRowID(7), stands: true), BlockChange(other: UserRowID(.max), stands: false)] {
      #expect(BlockChange(data: change.data) == change)
    }
    for data in ["", " ", "7", "x 1", "7 1 1", "{}"] { #expect(BlockChange(data: Array(data.utf8)) == nil) }
    let fixture = DeliveryFixture()
    let alice = fixture.live(1, rooms: [1], blocked: [2])
    fixture.publish([entry(1, .blocksChanged, user: 2), entry(2, .receipt, room: 1, user: 2), entry(3, .newMessage, room: 1)])
    #expect(alice.positions() == [3])
  }
}
