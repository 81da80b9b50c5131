// Groups rooms by the changes that they are to be sent.
import Domain

/// Rooms with the same changes share a diff, so that a connection in several of them is sent it once. Diffs with the most changes come
/// first, so that a connection that has been sent one of them need not be sent a subset of it.
struct DiffGrouping {
  private var rooms: [RoomRowID: [Int]] = [:]

  /// Adds a change to a room's diff; call with rising indices of changes.
  mutating func add(_ change: Int, in room: RoomRowID) {
    rooms[room, default: []].append(change)
  }

  /// The diffs, one for each different set of changes. `supersetDiffs` are the indices of the earlier ones that contain all its changes.
  var diffs: [(changes: [Int], rooms: [RoomRowID], supersetDiffs: [Int])] {
    // The diffs so far that contain a change: no others can be supersets.
    var earlier: [Int: [(index: Int, changes: Set<Int>)]] = [:]
    return Dictionary(grouping: rooms, by: \.value).sorted { $0.key.count > $1.key.count }.enumerated().map { index, group in
      let changes = Set(group.key)
      let supersets = earlier[group.key[0], default: []].filter { $0.changes.isSuperset(of: changes) }.map(\.index)
      for change in group.key { earlier[change, default: []].append((index, changes)) }
      return (changes: group.key, rooms: group.value.map(\.key), supersetDiffs: supersets)
    }
  }
}
