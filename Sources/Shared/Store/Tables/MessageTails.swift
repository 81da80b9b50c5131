// The client ids of the newest messages, which are in no index yet, as each process remembers them.
import Domain
public import SQL
import Synchronization

/// A message gets into the index by client id when it moves into `messages`. Until then it is found here: the client ids of all messages after
/// the start of the tails are noted, whichever program wrote them. A note is believed only once its row in the journal was seen, so what
/// was rolled back does no harm. Two ids with the same hash of 64 bits would hide the older one: once in some 10^9 times that this many are
/// noted. One object serves all transactions of a process.
public final class MessageTails: Sendable {
  /// Positions behind the end of the journal at which a room that is too slow to fill its tail gets it moved, and the words of messages that
  /// have moved leave the journal.
  let positionsMax: Int64

  private struct State {
    var areAllowed = false
    /// The committed events up to it are noted.
    var noted: Int64 = 0
    /// Positions of messages by the hash of their author and client id, in three parts. Those of the transactions since the last note.
    var uncommitted: [Int: Int64] = [:]
    /// Those that are committed.
    var newer: [Int: Int64] = [:]
    /// Those that were committed before, kept until the tails start after them.
    var older: [Int: Int64] = [:]
    var olderThrough: Int64 = 0

    func positions(_ key: Int) -> [Int64] { [uncommitted[key], newer[key], older[key]].compactMap(\.self) }
  }

  private let state = Mutex(State())

  /// `positionsMax` is for tests.
  public init(positionsMax: Int64 = 65_536) { self.positionsMax = positionsMax }

  /// Whether rooms may have tails. Once they may, they always may.
  func areAllowed(_ database: Database) throws -> Bool {
    try state.withLock { state in
      if !state.areAllowed { state.areAllowed = try Self.start(database) != nil }
      return state.areAllowed
    }
  }

  /// The message that the author has posted with this client id, if it is in a tail or was a short while ago.
  func find(author: UserRowID, clientID: ClientID, _ transaction: Transaction) throws -> MessageID? {
    let database = transaction.database
    guard try areAllowed(database) else { return nil }
    let end = try transaction.events.first.map { $0.position - 1 } ?? Journal.lastPosition(database)
    return try state.withLock { state in
      try note(through: end, &state, database)
      for position in state.positions(Self.hash(author, clientID.text)) {
        let found = try database.first(
          "SELECT room_id, seq FROM journal WHERE position = ? AND author_id = ? AND client_id = ?", .integer(position),
          .integer(author.value), .text(clientID.text)
        ) { MessageID(room: RoomRowID($0.integer(0)), seq: $0.integer(1)) }
        if let found { return found }
      }
      return nil
    }
  }

  /// Notes a message of a transaction that is not committed yet.
  func note(author: UserRowID, clientID: ClientID, at position: Int64) {
    state.withLock { $0.uncommitted[Self.hash(author, clientID.text)] = position }
  }

  /// Notes what is committed, so that the first transaction need not. To be called in a snapshot.
  public func noteStored(_ database: Database) throws {
    guard try areAllowed(database) else { return }
    let end = try Journal.lastPosition(database)
    try state.withLock { try note(through: end, &$0, database) }
  }

  /// Notes what was committed since the last call, by any program.
  private func note(through end: Int64, _ state: inout State, _ database: Database) throws {
    guard end > state.noted, let start = try Self.start(database) else { return }
    var newer = state.newer
    state.newer = [:]
    try database.forEach(
      "SELECT position, author_id, client_id FROM journal WHERE position > ? AND position <= ? AND client_id IS NOT NULL",
      .integer(max(state.noted, start)), .integer(end)
    ) { newer[Self.hash(UserRowID($0.integer(1)), $0.text(2))] = $0.integer(0) }
    state.newer = newer
    state.noted = end
    state.uncommitted.removeAll(keepingCapacity: true)
    guard state.newer.count >= Int(positionsMax), state.olderThrough <= start else { return }
    (state.older, state.newer, state.olderThrough) = (state.newer, [:], end)
  }

  /// Seeded anew in each process: nobody can choose client ids with the same hash.
  private static func hash(_ author: UserRowID, _ clientID: String) -> Int {
    var hasher = Hasher()
    hasher.combine(author.value)
    hasher.combine(clientID)
    return hasher.finalize()
  }
}
