// Who hears of which room, on one loop.
import Domain

/// A room that somebody here is in. Walking its subscribers is what a delivery costs.
final class RoomSubscribers {
  let rowID: RoomRowID
  let id: PublicID
  fileprivate(set) var subscribers: [Connection] = []
  /// People on this loop who are in it, whether or not their lines hear of it.
  fileprivate var people = 0
  /// What is to be told in the publication under way.
  var news = News()

  /// Frames of one room, side by side: copied only if there are several.
  struct News {
    private var first: (batch: EventBatch, frame: Range<Int>)?
    private var chunk: [UInt8] = []

    var isEmpty: Bool { first == nil }

    mutating func append(_ frame: Range<Int>, of batch: EventBatch) {
      guard let first else {
        first = (batch, frame)
        return
      }
      if chunk.isEmpty { first.batch.bytes.withUnsafeBytes { chunk.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[first.frame])) } }
      batch.bytes.withUnsafeBytes { chunk.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[frame])) }
    }

    func withUnsafeBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
      if !chunk.isEmpty {
        chunk.withUnsafeBytes(body)
      } else if let first {
        first.batch.bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[first.frame])) }
      }
    }
  }

  /// Whether one more typist is told of now. In a crowd nobody looks at who types, and telling it would cost more than what is then said:
  /// with five hundred typists in a room of five hundred, 125,000 frames a second.
  func allowsTypingNotification(at now: Int64) -> Bool {
    guard subscribers.count <= Self.typingLinesMax else { return false }
    if now - typingSince >= Self.typingWindowMilliseconds { (typingSince, typists) = (now, 0) }
    typists += 1
    return typists <= Self.typistsMax
  }

  /// Lines of a room here, beyond which nobody is told of typing.
  static let typingLinesMax = 500
  /// Announcements in a room in one window.
  static let typistsMax = 5
  static let typingWindowMilliseconds: Int64 = 2000

  private var typingSince: Int64 = 0
  private var typists = 0

  fileprivate init(_ rowID: RoomRowID, _ id: PublicID) {
    self.rowID = rowID
    self.id = id
  }

  func subscribe(_ connection: Connection) {
    subscribers.append(connection)
  }

  /// Does nothing for who is no subscriber. Looks through the list: a thousand pointers take half a microsecond, and lines leave rarely.
  func unsubscribe(_ connection: Connection) {
    guard let place = subscribers.firstIndex(where: { $0 === connection }) else { return }
    subscribers.swapAt(place, subscribers.count - 1)
    subscribers.removeLast()
  }
}

struct Hub {
  private(set) var rooms: [RoomRowID: RoomSubscribers] = [:]

  subscript(_ rowID: RoomRowID) -> RoomSubscribers? { rooms[rowID] }

  /// One more of the people here is in this room.
  mutating func enter(_ rowID: RoomRowID, _ id: PublicID) -> RoomSubscribers {
    let room = rooms[rowID] ?? RoomSubscribers(rowID, id)
    rooms[rowID] = room
    room.people += 1
    return room
  }

  /// One of them is not any more; the last one takes the room along.
  mutating func leave(_ room: RoomSubscribers) {
    room.people -= 1
    if room.people == 0 { rooms[room.rowID] = nil }
  }
}
