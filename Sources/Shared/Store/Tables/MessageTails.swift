// What a writer keeps in mind about the tails of all rooms: whether there may be tails, and the client ids in them.
import Domain
public import SQL
import Synchronization

/// Messages get an index by client id when they move into `messages`. Until then they are found here: it notes the client ids of all messages
/// after the begin of the tails, whichever program wrote them, and believes a note only once it has seen the row. So what was rolled back
/// does no harm. One object serves all transactions of a process.
public final class MessageTails: Sendable {
  /// Positions behind the end of the journal at which a room that is too slow to fill its tail gets it moved, and the words of messages that
  /// have moved leave the journal.
  private let positionsMax: Int64
  /// Events that one step of that looks at.
  private static let stepEvents: Int64 = 64
  private static let follower = "tails"

  private struct State {
    /// Tails begin after it, as it was read last; nil as long as there may be none.
    var begin: Int64?
    /// The committed events up to it are noted.
    var noted: Int64 = 0
    /// Positions of messages, by the hash of their author and client id: of those that are not noted as committed, …
    var uncommitted: [Int: Int64] = [:]
    /// … of those that are, …
    var newer: [Int: Int64] = [:]
    /// … and of those before these, until all of them are before the begin.
    var older: [Int: Int64] = [:]
    var olderThrough: Int64 = 0
    /// Messages whose hash another one has.
    var others: [Int64] = []

    /// Positions that a message with this hash may have.
    func positions(_ key: Int) -> [Int64] { [uncommitted[key], newer[key], older[key]].compactMap(\.self) + others }

    mutating func noteCommitted(_ key: Int, at position: Int64) {
      if let other = newer.updateValue(position, forKey: key), other != position { others.append(other) }
    }

    /// Forgets what is before the begin, once that is a full half.
    mutating func forgetOld(_ positionsMax: Int64) {
      guard newer.count >= Int(positionsMax), let begin, olderThrough <= begin else { return }
      (older, newer, olderThrough) = (newer, [:], noted)
      others.removeAll { $0 <= begin }
    }
  }

  private let state = Mutex(State())

  /// `positionsMax` is for tests.
  public init(positionsMax: Int64 = 65_536) { self.positionsMax = positionsMax }

  // MARK: Whether there are tails

  /// All tails are after this position; nil as long as there may be none.
  static func begin(_ database: Database) throws -> Int64? { try Meta.followerPosition(follower, database) }

  /// Lets rooms have tails from now on. Call only while no program uses the database that knows nothing of them.
  public static func allow(_ transaction: Transaction) throws {
    guard try begin(transaction.database) == nil else { return }
    try Meta.setFollowerPosition(Journal.lastPosition(transaction.database), of: follower, transaction)
  }

  func areAllowed(_ database: Database) throws -> Bool {
    try state.withLock { state in
      if state.begin != nil { return true }
      state.begin = try Self.begin(database)
      state.noted = state.begin ?? 0
      return state.begin != nil
    }
  }

  // MARK: Client ids

  /// The message that the author has posted with this client id, if it is in a tail or was a short while ago.
  func find(author: UserRowID, clientID: ClientID, _ transaction: Transaction) throws -> MessageID? {
    guard try areAllowed(transaction.database) else { return nil }
    try noteCommitted(transaction)
    return try state.withLock { state in
      for position in state.positions(Self.hash(author, clientID.text)) {
        let found = try transaction.database.first(
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

  /// Notes what was committed since the last call, by any program.
  private func noteCommitted(_ transaction: Transaction) throws {
    let end = try transaction.events.first.map { $0.position - 1 } ?? Journal.lastPosition(transaction.database)
    try state.withLock { state in
      guard end > state.noted else { return }
      try transaction.database.forEach(
        "SELECT position, author_id, client_id FROM journal WHERE position > ? AND position <= ? AND client_id IS NOT NULL",
        .integer(state.noted), .integer(end)
      ) { state.noteCommitted(Self.hash(UserRowID($0.integer(1)), $0.text(2)), at: $0.integer(0)) }
      state.noted = end
      state.uncommitted.removeAll(keepingCapacity: true)
      state.forgetOld(positionsMax)
    }
  }

  /// Seeded anew in each process: nobody can choose client ids that collide.
  private static func hash(_ author: UserRowID, _ clientID: String) -> Int {
    var hasher = Hasher()
    hasher.combine(author.value)
    hasher.combine(clientID)
    return hasher.finalize()
  }

  // MARK: Their begin

  /// Moves the begin on when the end of the journal is far enough ahead: moves the tails of slow rooms that have a message in between, and
  /// takes out of the journal the words of messages, which all are in `messages` then. An event without words is told with those of its
  /// message (`Journal.batch`).
  func advance(to position: Int64, _ transaction: Transaction) throws {
    let known = state.withLock { $0.begin } ?? position
    guard position - known > positionsMax + Self.stepEvents, let begin = try Self.begin(transaction.database) else { return }
    let last = try transaction.database.first(
      "SELECT max(position) FROM (SELECT position FROM journal WHERE position > ? ORDER BY position LIMIT ?) step WHERE position <= ?",
      .integer(begin), .integer(Self.stepEvents), .integer(position - positionsMax)
    ) { $0.optionalInteger(0) }
    if let last = last ?? nil {
      try Messages.moveTails(after: begin, through: last, transaction)
      try transaction.database.run(emptyMessages, .integer(begin), .integer(last))
    }
    let end = (last ?? nil) ?? position - positionsMax
    try Meta.setFollowerPosition(end, of: Self.follower, transaction)
    state.withLock { $0.begin = end }
  }
}

private let emptyMessages = Statement(
  composing: """
    UPDATE journal SET data = '', author_id = NULL, client_id = NULL, fingerprint = NULL, previous_message = NULL
    WHERE position > ? AND position <= ? AND kind = \(EventKind.newMessage.rawValue)
    """)
