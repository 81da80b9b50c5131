// The rules that the rows of a whole database keep, and what breaks them.
import Domain
public import SQL

/// One rule: SQL that returns a sentence for each row that breaks it. A rule counts for the schemas that have its tables. It reads rows in the
/// order of an index and sorts none, so that a check takes no more memory for more messages.
public struct DatabaseCheck: Sendable {
  /// What is checked, in a word or two. Several rules may share it.
  public let name: String
  let schemas: ClosedRange<Int>
  let sql: Statement

  private init(_ name: String, _ schemas: ClosedRange<Int>, _ sql: Statement) {
    (self.name, self.schemas, self.sql) = (name, schemas, sql)
  }

  private init(_ name: String, since: Int, _ sql: Statement) { self.init(name, since...Int.max, sql) }

  /// Sentences that one rule returns at most.
  private static let faultsMax = 3

  /// What is wrong with a database of this schema, rule by rule; empty if nothing is. To be called in a snapshot. Takes as long as reading
  /// the whole file several times. An error of the database is a fault.
  public static func faults(in database: Database, schema: Int) -> [(name: String, faults: [String])] {
    var found: [(name: String, faults: [String])] = []
    for rule in all where rule.schemas.contains(schema) {
      let faults = rule.faults(in: database)
      if found.last?.name == rule.name {
        found[found.count - 1].faults += faults
      } else {
        found.append((rule.name, faults))
      }
    }
    return found
  }

  /// The number of messages in a database of this schema.
  public static func messages(in database: Database, schema: Int) throws -> Int64 {
    let moved = try database.first("SELECT count(*) FROM messages") { $0.integer(0) } ?? 0
    guard schema >= tailSchema else { return moved }
    return try moved + (database.first("SELECT coalesce(sum(tail_count), 0) FROM rooms") { $0.integer(0) } ?? 0)
  }

  private func faults(in database: Database) -> [String] {
    var faults: [String] = []
    do {
      try database.forEachWhile(sql) { row in
        if !row.isNull(0), row.text(0) != "ok" { faults.append(row.text(0)) }
        return faults.count < Self.faultsMax
      }
    } catch {
      faults.append("\(error)")
    }
    return faults
  }
}

extension DatabaseCheck {
  /// Since it, messages expire: a room begins at `first_seq`.
  private static let retentionSchema = 25
  /// Since it, rooms have tails: their newest messages are in the journal alone.
  private static let tailSchema = 26

  private static let all: [DatabaseCheck] = [
    DatabaseCheck("integrity", since: 1, "PRAGMA integrity_check(3)"),
    DatabaseCheck("foreign keys", since: 1, foreignKeys),
    DatabaseCheck("sequence numbers", 1...retentionSchema - 1, sequences),
    DatabaseCheck("sequence numbers", retentionSchema...tailSchema - 1, sequencesWithRetention),
    DatabaseCheck("sequence numbers", since: tailSchema, sequencesWithTails),
    DatabaseCheck("sequence numbers", since: tailSchema, tails),
    DatabaseCheck("sequence numbers", since: tailSchema, tailEnds),
    DatabaseCheck("sequence numbers", since: 2, strayMessages),
    DatabaseCheck("counters", since: 1, memberCounts),
    DatabaseCheck("counters", since: 3, mentionCounts),
    DatabaseCheck("counters", 14...retentionSchema - 1, deletedCounts),
    DatabaseCheck("counters", since: retentionSchema, deletedCountsWithRetention),
    DatabaseCheck("counters", since: Files.schema, fileTotals),
    DatabaseCheck("counters", since: 1, markers),
    DatabaseCheck("journal", since: 1, positions),
    DatabaseCheck("journal", since: 1, order),
    DatabaseCheck("journal", since: 13, sections),
    DatabaseCheck("journal", since: tailSchema, words),
  ]

  private static let foreignKeys: Statement =
    "SELECT \"table\" || ' has a row that refers to none of ' || parent FROM pragma_foreign_key_check"

  private static let sequences = Statement(composing: sequences(from: "1", to: "r.last_seq"))
  private static let sequencesWithRetention = Statement(composing: sequences(from: "r.first_seq", to: "r.last_seq"))
  private static let sequencesWithTails = Statement(composing: sequences(from: "r.first_seq", to: "(r.last_seq - r.tail_count)"))

  /// SQL: a room `r` has all messages from `first` to `last`. What has expired is removed from the oldest on, and may still be there.
  private static func sequences(from first: String, to last: String) -> String {
    """
    SELECT 'room ' || r.public_id || ' should have the messages ' || \(first) || ' to ' || \(last) || ' and has '
      || coalesce(nullif(count(m.id), 0) || ', from ' || (min(m.id) & 4294967295) || ' to ' || (max(m.id) & 4294967295), 'none')
    FROM rooms r LEFT JOIN messages m ON m.id BETWEEN r.id << 32 AND r.id << 32 | 4294967295
    GROUP BY r.id HAVING CASE WHEN count(m.id) = 0 THEN \(last) <> \(first) - 1
      ELSE max(m.id) & 4294967295 <> \(last) OR min(m.id) & 4294967295 NOT BETWEEN 1 AND \(first)
        OR count(m.id) <> max(m.id) - min(m.id) + 1 END
    """
  }

  /// Each message of a tail names the one before it, as many as the room counts.
  private static let tails = Statement(
    composing: """
      WITH RECURSIVE tail (room, seq, kind, journal_room, journal_seq, previous, remaining) AS (
        SELECT r.id, r.last_seq, j.kind, j.room_id, j.seq, j.previous_message, r.tail_count
        FROM rooms r LEFT JOIN journal j ON j.position = r.tail_position WHERE r.tail_count > 0
        UNION ALL
        SELECT t.room, t.seq - 1, j.kind, j.room_id, j.seq, j.previous_message, t.remaining - 1
        FROM tail t LEFT JOIN journal j ON j.position = t.previous WHERE t.remaining > 1)
      SELECT 'the tail of room number ' || room || ' is broken at message ' || seq FROM tail
      WHERE kind IS NOT \(EventKind.newMessage.rawValue) OR journal_room IS NOT room OR journal_seq IS NOT seq
        OR (remaining = 1) <> (previous IS NULL)
      """)

  private static let tailEnds: Statement = """
    SELECT 'room ' || public_id || ' has a tail of ' || tail_count || ' messages that ends at ' || tail_position FROM rooms
    WHERE tail_count < 0 OR (tail_count = 0) <> (tail_position = 0) OR tail_position > last_position
    """

  /// A message event without words has its message, unless that has gone.
  private static let words = Statement(
    composing: """
      SELECT 'the event at ' || j.position || ' has no words, and there is no message ' || j.seq || ' of room number ' || j.room_id
      FROM journal j LEFT JOIN messages m ON m.id = j.room_id << 32 | j.seq LEFT JOIN rooms r ON r.id = j.room_id
      WHERE j.kind = \(EventKind.newMessage.rawValue) AND j.data = '' AND j.seq >= r.first_seq AND m.position IS NOT j.position
      """)

  /// Leaps from room to room.
  private static let strayMessages: Statement = """
    WITH RECURSIVE stored (room) AS (
      SELECT min(id) >> 32 FROM messages UNION ALL
      SELECT (SELECT id >> 32 FROM messages WHERE id >= room + 1 << 32 ORDER BY id LIMIT 1) FROM stored WHERE room < 2147483647)
    SELECT 'there are messages of room number ' || room || ', which is not there' FROM stored
    WHERE room NOT IN (SELECT id FROM rooms) AND room NOT IN (SELECT room_id FROM deleted_rooms)
    """

  private static let memberCounts: Statement = """
    SELECT 'room ' || r.public_id || ' counts ' || r.member_count || ' members and has ' || count(m.room_id)
    FROM rooms r LEFT JOIN memberships m ON m.room_id = r.id GROUP BY r.id HAVING r.member_count <> count(m.room_id)
    """

  private static let mentionCounts: Statement = """
    SELECT 'a member of room number ' || m.room_id || ' counts ' || m.mentions || ' mentions and has ' || count(n.seq)
    FROM memberships m LEFT JOIN mentions n ON n.room_id = m.room_id AND n.user_id = m.user_id
    GROUP BY m.room_id, m.user_id HAVING m.mentions <> count(n.seq)
    """

  private static let deletedCounts = Statement(composing: deletedCounts(from: "1"))
  private static let deletedCountsWithRetention = Statement(composing: deletedCounts(from: "r.first_seq"))

  /// SQL: the counts of blocks of 1024 ids are right. Of rooms that are gone, rows and counts are removed apart; where messages before `first`
  /// have expired, the counts up to its block do not matter. A block without a count is found by its first row.
  private static func deletedCounts(from first: String) -> String {
    """
    WITH wrong (block, counted, there) AS (
      SELECT c.block, c.count, count(d.id) FROM deleted_message_counts c
        LEFT JOIN deleted_messages d ON d.id BETWEEN c.block << 10 AND c.block << 10 | 1023
        GROUP BY c.block HAVING c.count <> count(d.id)
      UNION ALL SELECT d.id >> 10, 0, (SELECT count(*) FROM deleted_messages o WHERE o.id BETWEEN d.id AND d.id | 1023)
        FROM deleted_messages d WHERE NOT EXISTS (SELECT 1 FROM deleted_message_counts c WHERE c.block = d.id >> 10)
          AND NOT EXISTS (SELECT 1 FROM deleted_messages o WHERE o.id >= d.id >> 10 << 10 AND o.id < d.id))
    SELECT 'block ' || w.block || ' counts ' || w.counted || ' deleted messages and has ' || w.there
    FROM wrong w LEFT JOIN rooms r ON r.id = w.block >> 22
    WHERE w.block >> 22 NOT IN (SELECT room_id FROM deleted_rooms)
      AND (r.id IS NULL OR \(first) = 1 OR w.block > (r.id << 32 | (\(first) - 1)) >> 10)
    """
  }

  /// User 0 stands for all.
  private static let fileTotals: Statement = """
    WITH wrong (user_id, counted, there) AS (
      SELECT 0, coalesce((SELECT disk_bytes FROM file_totals WHERE user_id = 0), 0), coalesce(sum(disk_bytes), 0) FROM files
      UNION ALL SELECT t.user_id, t.disk_bytes, coalesce(sum(f.disk_bytes), 0)
        FROM file_totals t LEFT JOIN files f ON f.user_id = t.user_id
        WHERE t.user_id <> 0 GROUP BY t.user_id HAVING t.disk_bytes <> coalesce(sum(f.disk_bytes), 0)
      UNION ALL SELECT f.user_id, 0, sum(f.disk_bytes) FROM files f
        WHERE NOT EXISTS (SELECT 1 FROM file_totals t WHERE t.user_id = f.user_id) GROUP BY f.user_id)
    SELECT 'the files of user number ' || user_id || ' count ' || counted || ' bytes and take ' || there FROM wrong WHERE counted <> there
    """

  private static let markers: Statement = """
    SELECT 'a member of room ' || r.public_id || ' has read message ' || m.delivered_seq || ', and the newest is ' || r.last_seq
    FROM memberships m JOIN rooms r ON r.id = m.room_id WHERE m.delivered_seq > r.last_seq
    """

  /// After a jump the floor is above all that the journal has.
  private static let positions: Statement = """
    WITH ends AS (
      SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'journal'), 0) AS last,
        coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'journal_floor'), -1) AS floor)
    SELECT 'the journal ends at ' || last || ' and has an event at ' || max(position) FROM ends, journal HAVING max(position) > last
    UNION ALL SELECT 'the journal ends at ' || last || ' and its floor is ' || floor FROM ends WHERE floor NOT BETWEEN 0 AND last
    UNION ALL SELECT 'room ' || public_id || ' ends at ' || last_position || ', which the journal has not reached' FROM ends, rooms
      WHERE last_position > last
    UNION ALL SELECT 'the event at ' || position || ' comes after the one at ' || previous FROM journal WHERE previous >= position
    UNION ALL SELECT 'a message bears the position ' || position || ', which the journal has not reached' FROM ends, messages
      WHERE position > last
    """

  private static let order: Statement = """
    SELECT 'message ' || (id & 4294967295) || ' of room number ' || (id >> 32) || ' bears a position that is not after the one before it'
    FROM messages m WHERE position <= (
      SELECT before.position FROM messages before WHERE before.id >= m.id >> 32 << 32 AND before.id < m.id ORDER BY before.id DESC LIMIT 1)
    """

  private static let sections: Statement = """
    SELECT 'a section of the history begins at ' || start || ', which the journal has not reached' FROM history_sections
    WHERE start > 1 + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'journal'), 0)
    """
}
