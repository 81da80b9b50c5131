// The connections on one loop that receive the events of a room.
import Domain

/// Exists while a user on this loop is a member. A delivery iterates its subscribers.
final class RoomSubscribers {
  let rowID: RoomRowID
  let id: PublicID
  private(set) var subscribers: [Connection] = []
  /// Members on this loop, whether or not their connections receive this room.
  var userCount = 0
  /// What the publication under way will send.
  var pendingFrames = PendingFrames()

  private var typingSince: Int64 = 0
  private var typingCount = 0

  /// Subscribers on this loop above which typing is not announced.
  static let typingSubscribersMax = 500
  /// Typing notifications of a room in one window.
  static let typingNotificationsMax = 5
  static let typingWindowMilliseconds: Int64 = 2000

  init(_ rowID: RoomRowID, _ id: PublicID) {
    self.rowID = rowID
    self.id = id
  }

  func subscribe(_ connection: Connection) {
    subscribers.append(connection)
  }

  /// Does nothing if the connection is not a subscriber. A linear search: a thousand pointers take half a microsecond, and connections
  /// leave rarely.
  func unsubscribe(_ connection: Connection) {
    guard let index = subscribers.firstIndex(where: { $0 === connection }) else { return }
    subscribers.swapAt(index, subscribers.count - 1)
    subscribers.removeLast()
  }

  /// Rate limit for typing: 5 notifications in 2 s, none above 500 subscribers (500 users typing in a room of 500 would cost 125,000
  /// frames/s).
  func allowsTypingNotification(at now: Int64) -> Bool {
    guard subscribers.count <= Self.typingSubscribersMax else { return false }
    if now - typingSince >= Self.typingWindowMilliseconds { (typingSince, typingCount) = (now, 0) }
    typingCount += 1
    return typingCount <= Self.typingNotificationsMax
  }
}

/// Frames of one room, side by side: copied only if there are several.
struct PendingFrames {
  private var first: (bytes: [UInt8], frame: Range<Int>)?
  private var joined: [UInt8] = []
  private(set) var count = 0

  var isEmpty: Bool { first == nil }

  /// Adds the frame that lies at `frame` in `bytes`.
  mutating func append(_ frame: Range<Int>, of bytes: [UInt8]) {
    count += 1
    guard let first else {
      first = (bytes, frame)
      return
    }
    if joined.isEmpty { first.bytes.withUnsafeBytes { joined.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[first.frame])) } }
    bytes.withUnsafeBytes { joined.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[frame])) }
  }

  func withUnsafeBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
    if !joined.isEmpty {
      joined.withUnsafeBytes(body)
    } else if let first {
      first.bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[first.frame])) }
    }
  }
}
