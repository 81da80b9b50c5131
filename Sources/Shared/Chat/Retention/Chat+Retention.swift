// Messages that have been kept as long as they are to be: they end for all members at once, and are removed in portions.
import Configuration
import Domain
import Glibc
import Posix
import SQL
import Store
import Wire

extension Chat {
  /// Rooms that are looked at in one read.
  private static let roomsRead = 200
  /// Messages of one room that end with one event.
  private static let endedMax: Int64 = 20_000
  /// Users who are told in one commit that they have fewer mentions.
  private static let mentionedMax = 50

  /// How often messages are looked for that have been kept long enough: each hour, or more often if the settings keep them for less than ten.
  public var retentionPeriodMilliseconds: Int64 {
    guard case .seconds(let seconds) = settings.retention else { return 3_600_000 }
    return min(3_600_000, max(1000, seconds * 100))
  }

  /// Ends messages that are older than the retention of their rooms, and removes what has ended, until nothing is left or `isStopping` says
  /// so: true if nothing is left. What a stop interrupts, the next call continues. Blocks; writers of messages get in between.
  @discardableResult
  public func expireMessages(until isStopping: () -> Bool = { false }) throws -> Bool {
    // First what a stop has interrupted.
    try removeEnded(isStopping, in: 0...Int64.max) && endMessages(isStopping)
  }

  /// Moves the first message of each room past those that are too old, and removes these, room by room.
  private func endMessages(_ isStopping: () -> Bool) throws -> Bool {
    let now = clock.now
    var cursor: Int64 = 0
    while true {
      let rooms = try readers.read { try ExpiredMessages.rooms(after: cursor, standard: settings.retention, limit: Self.roomsRead, $0) }
      guard let last = rooms.last else { return true }
      for var room in rooms {
        let limit = now + .seconds(-room.retentionSeconds)
        if try readers.read({ [room] in try Messages.tailBegins(before: limit, in: room.room, $0) }) {
          try commit { [room] in try Messages.moveTail(of: room.room, $0) }
        }
        repeat {
          if isStopping() { return false }
          let next = try readers.read { [room] database in
            try ExpiredMessages.firstKept(in: room, since: limit, limit: Self.endedMax, database)
          }
          let isMore = next == room.firstSeq + Self.endedMax
          if next > room.firstSeq {
            try commit { [room] in try Self.end(before: next, in: room, $0) }
            guard try removeEnded(isStopping, in: room.room.value...room.room.value) else { return false }
          }
          room.firstSeq = next
          if !isMore { break }
        } while true
      }
      cursor = last.room.value
    }
  }

  private static func end(before seq: Int64, in room: ExpiringRoom, _ transaction: Transaction) throws {
    guard try ExpiredMessages.setFirst(seq, in: room.room, transaction) else { return }
    try Journal.append(
      .messagesExpired, by: .server, room: room.room, data: JSONWriter.messagesExpiredEvent(room: room.id, firstSeq: seq),
      at: transaction.now, transaction)
  }

  // MARK: Removing

  /// Removes what has ended in the rooms of these rows.
  private func removeEnded(_ isStopping: () -> Bool, in rooms: ClosedRange<Int64>) throws -> Bool {
    var portion = RemovalPortion()
    var room = RoomRowID(0)
    while !isStopping() {
      let messages = try readers.read { [room, portion] in
        try ExpiredMessages.next(
          in: max(rooms.lowerBound, room.value)...rooms.upperBound, limit: portion.count, bytesMax: RemovalPortion.bytesMax, $0)
      }
      guard let first = messages.first, let last = messages.last else { return true }
      if first.id.room != room {
        room = first.id.room
        while try tellFewerMentions(in: room) {}
      }
      let (start, nanoseconds) = try commit { transaction in
        let start = Clock.monotonicNanoseconds()
        try Self.redact(messages, transaction)
        try ExpiredMessages.remove(from: first.id, through: last.id, transaction)
        return (start, Clock.monotonicNanoseconds() - start)
      }
      portion.adapt(to: nanoseconds)
      // Other programs wait for the write lock by trying again, and a checkpoint holds it the longer the more has been written since the last:
      // with the sync of the disk, this leaves the others nine tenths of the time.
      usleep(UInt32(clamping: min((Clock.monotonicNanoseconds() - start) / 1000 * 9, 500_000)))
    }
    return false
  }

  /// Takes the words of messages that end out of the events that the journal still has of them.
  private static func redact(_ messages: [StoredMessage], _ transaction: Transaction) throws {
    let floor = try Meta.journalFloor(transaction.database)
    for stored in messages where try stored.position > floor || ExpiredMessages.hasEdits(stored.id, transaction.database) {
      var message = try message(stored)
      try Journal.redact(stored.id, announcedAt: stored.position, json: emptied(&message), isRemoved: true, transaction)
    }
  }

  /// Forgets unread mentions in messages that have ended, of some members. False once there are none.
  private func tellFewerMentions(in room: RoomRowID) throws -> Bool {
    try commit { transaction in
      guard let first = try Rooms.firstSeq(of: room, transaction.database) else { return false }
      let users = try ExpiredMessages.mentioned(in: room, before: first, limit: Self.mentionedMax, transaction.database)
      for user in users {
        _ = try Mentions.read(room, user, upTo: first - 1, transaction)
        try Self.publishOwnMembership(of: user, in: room, reason: "mentions", transaction)
      }
      return users.count == Self.mentionedMax
    }
  }
}

/// How many messages one commit removes: as many as take some ten milliseconds on this machine.
struct RemovalPortion {
  /// The most that the messages of one portion have, exceeded by the last one.
  static let bytesMax = 256 << 10
  private static let wantedNanoseconds: Int64 = 10_000_000
  private static let countRange = 10...1000

  private(set) var count = 100

  /// Chooses the next number by how long the last commit held the write lock.
  mutating func adapt(to nanoseconds: Int64) {
    let wanted = nanoseconds > Self.wantedNanoseconds ? count / 2 : nanoseconds < Self.wantedNanoseconds / 2 ? count * 2 : count
    count = min(max(wanted, Self.countRange.lowerBound), Self.countRange.upperBound)
  }
}
