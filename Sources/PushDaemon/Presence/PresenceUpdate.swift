// What the presencePublisher hands to the loops: frames, and who is to get them.
import Domain
import EventLoop
import WebSocket
import Wire

/// Never changes, so all loops hold the same one.
final class PresenceUpdate: Sendable {
  /// The same bytes for everyone in these rooms, each line once.
  struct PresenceDiff: Sendable {
    let frame: [UInt8]
    let rooms: [RoomRowID]
    /// What people get instead who are not to hear of everyone in `frame`; empty if there is nothing left to tell.
    let frames: [UserRowID: [UInt8]]
    /// Earlier notices of the same news that say all of this too: who has just been told one of them is spared it.
    var within: [Int] = []
  }

  /// The same bytes for these lines, which have just come.
  struct PresenceSnapshot: Sendable {
    let frame: [UInt8]
    var lines: [Token]
  }

  let notices: [PresenceDiff]
  /// By the index of the loop.
  let rosters: [[PresenceSnapshot]]

  init(notices: [PresenceDiff], rosters: [[PresenceSnapshot]]) {
    self.notices = notices
    self.rosters = rosters
  }

  var isEmpty: Bool { notices.isEmpty && rosters.allSatisfy(\.isEmpty) }

  /// A message as it goes over the wire.
  static func frame(_ json: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    FrameWriter.append(.text, json, to: &bytes)
    return bytes
  }
}

extension PresenceUpdate.PresenceDiff {
  /// Tells these sentences, each to all but those who are estranged from the one whom it is about.
  init(_ told: [(sentence: [UInt8], estranged: Set<UserRowID>)], rooms: [RoomRowID], within: [Int]) {
    func frame(_ told: [(sentence: [UInt8], estranged: Set<UserRowID>)]) -> [UInt8] {
      told.isEmpty ? [] : PresenceUpdate.frame(ServerFrame.presence(told.map(\.sentence)))
    }
    var frames: [UserRowID: [UInt8]] = [:]
    for stranger in Set(told.flatMap(\.estranged)) { frames[stranger] = frame(told.filter { !$0.estranged.contains(stranger) }) }
    self.init(frame: frame(told), rooms: rooms, frames: frames, within: within)
  }
}

/// Rooms with the same changes get the same frame, so that somebody who shares several of them with the one who changed hears it once;
/// those with the most changes come first, so that whoever has heard these need not hear a part of them again.
struct DiffGrouping {
  private var rooms: [RoomRowID: [Int]] = [:]

  /// `change` is to be told in `room`; call with rising numbers of changes.
  mutating func add(_ change: Int, in room: RoomRowID) {
    rooms[room, default: []].append(change)
  }

  /// Who is to hear which changes, as few times as there are different sets of them; `within` are the sets before that have them all.
  var all: [(changes: [Int], rooms: [RoomRowID], within: [Int])] {
    // Which of the sets so far have a change: no others need to be looked at.
    var sets: [Int: [(index: Int, changes: Set<Int>)]] = [:]
    return Dictionary(grouping: rooms, by: \.value).sorted { $0.key.count > $1.key.count }.enumerated().map { index, group in
      let changes = Set(group.key)
      let within = sets[group.key[0], default: []].filter { $0.changes.isSuperset(of: changes) }.map(\.index)
      for change in group.key { sets[change, default: []].append((index, changes)) }
      return (changes: group.key, rooms: group.value.map(\.key), within: within)
    }
  }
}
