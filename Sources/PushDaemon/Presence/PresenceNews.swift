// What the crier hands to the loops: frames, and who is to get them.
import Domain
import EventLoop
import WebSocket
import Wire

/// Never changes, so all loops hold the same one.
final class PresenceNews: Sendable {
  /// The same bytes for everyone in these rooms, each line once.
  struct Notice: Sendable {
    let frame: [UInt8]
    let rooms: [RoomNumber]
    /// What people get instead who are not to hear of everyone in `frame`; empty if there is nothing left to tell.
    let frames: [UserNumber: [UInt8]]
    /// Earlier notices of the same news that say all of this too: who has just been told one of them is spared it.
    var within: [Int] = []
  }

  /// The same bytes for these lines, which have just come.
  struct Roster: Sendable {
    let frame: [UInt8]
    var lines: [Token]
  }

  let notices: [Notice]
  /// By the index of the loop.
  let rosters: [[Roster]]

  init(notices: [Notice], rosters: [[Roster]]) {
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

extension PresenceNews.Notice {
  /// Tells these sentences, each to all but those who are estranged from the one whom it is about.
  init(_ told: [(sentence: [UInt8], estranged: Set<UserNumber>)], rooms: [RoomNumber], within: [Int]) {
    func frame(_ told: [(sentence: [UInt8], estranged: Set<UserNumber>)]) -> [UInt8] {
      told.isEmpty ? [] : PresenceNews.frame(Push.presence(told.map(\.sentence)))
    }
    var frames: [UserNumber: [UInt8]] = [:]
    for stranger in Set(told.flatMap(\.estranged)) { frames[stranger] = frame(told.filter { !$0.estranged.contains(stranger) }) }
    self.init(frame: frame(told), rooms: rooms, frames: frames, within: within)
  }
}

/// Rooms with the same changes get the same frame, so that somebody who shares several of them with the one who changed hears it once;
/// those with the most changes come first, so that whoever has heard these need not hear a part of them again.
struct NoticesByContent {
  private var rooms: [RoomNumber: [Int]] = [:]

  /// `change` is to be told in `room`; call with rising numbers of changes.
  mutating func add(_ change: Int, in room: RoomNumber) {
    rooms[room, default: []].append(change)
  }

  /// Who is to hear which changes, as few times as there are different sets of them; `within` are the sets before that have them all.
  var all: [(changes: [Int], rooms: [RoomNumber], within: [Int])] {
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
