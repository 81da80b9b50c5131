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
  init(_ told: [(sentence: [UInt8], estranged: Set<UserNumber>)], rooms: [RoomNumber]) {
    func frame(_ told: [(sentence: [UInt8], estranged: Set<UserNumber>)]) -> [UInt8] {
      told.isEmpty ? [] : PresenceNews.frame(Push.presence(told.map(\.sentence)))
    }
    var frames: [UserNumber: [UInt8]] = [:]
    for stranger in Set(told.flatMap(\.estranged)) { frames[stranger] = frame(told.filter { !$0.estranged.contains(stranger) }) }
    self.init(frame: frame(told), rooms: rooms, frames: frames)
  }
}

/// Rooms with the same changes get the same frame, so that somebody who shares several of them with the one who changed hears it once.
struct NoticesByContent {
  private var rooms: [RoomNumber: [Int]] = [:]

  /// `change` is to be told in `room`; call with rising numbers of changes.
  mutating func add(_ change: Int, in room: RoomNumber) {
    rooms[room, default: []].append(change)
  }

  /// Who is to hear which changes, as few times as there are different sets of them.
  var all: [(changes: [Int], rooms: [RoomNumber])] {
    Dictionary(grouping: rooms, by: \.value).map { (changes: $0.key, rooms: $0.value.map(\.key)) }
  }
}
