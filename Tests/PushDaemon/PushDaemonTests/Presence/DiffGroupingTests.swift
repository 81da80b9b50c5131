// Which rooms share a diff, and which diffs contain others.
import Domain
import Testing

@testable import PushDaemon

@Suite struct DiffGroupingTests {
  @Test func `rooms with the same changes share a diff, and subsets know their supersets`() {
    var grouping = DiffGrouping()
    for room in Int64(1)...5 { grouping.add(0, in: RoomRowID(room)) }
    for room in Int64(4)...6 { grouping.add(1, in: RoomRowID(room)) }
    let diffs = grouping.diffs
    #expect(diffs.map { "\($0.changes) \($0.rooms.map(\.value).sorted())" }.sorted() == ["[0, 1] [4, 5]", "[0] [1, 2, 3]", "[1] [6]"])
    #expect(diffs.map(\.supersetDiffs) == [[], [0], [0]], "a connection that was sent both changes need not be sent one of them again")
  }
}
