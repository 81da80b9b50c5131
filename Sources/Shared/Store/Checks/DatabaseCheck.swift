// The rules that the rows of a whole database keep, and what breaks them.
public import SQL

/// One rule: SQL that returns a sentence for each row that breaks it. A rule counts for the schemas that have its tables.
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

  private static let all: [DatabaseCheck] = [
    DatabaseCheck("integrity", since: 1, "PRAGMA integrity_check(3)"),
    DatabaseCheck("foreign keys", since: 1, foreignKeys),
    DatabaseCheck("sequence numbers", 1...retentionSchema - 1, sequences),
    DatabaseCheck("sequence numbers", since: retentionSchema, sequencesWithRetention),
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
  ]

  private static let foreignKeys: Statement =
    "SELECT \"table\" || ' has a row that refers to none of ' || parent FROM pragma_foreign_key_check"

  private static let sequences = Statement(composing: sequences(from: "1"))
  private static let sequencesWithRetention = Statement(composing: sequences(from: "r.first_seq"))

  /// SQL: a room `r` has all messages from `first` on. What has expired is removed from the oldest on, and may still be there.
  private static func sequences(from first: String) -> String {
    """
    WITH kept AS (
      SELECT id >> 32 AS room, count(*) AS count, min(id & 4294967295) AS low, max(id & 4294967295) AS high FROM messages GROUP BY id >> 32)
    SELECT 'room ' || r.public_id || ' should have the messages ' || \(first) || ' to ' || r.last_seq || ' and has '
      || coalesce(k.count || ', from ' || k.low || ' to ' || k.high, 'none')
    FROM rooms r LEFT JOIN kept k ON k.room = r.id
    WHERE CASE WHEN k.count IS NULL THEN r.last_seq <> \(first) - 1
      ELSE k.high <> r.last_seq OR k.low > \(first) OR k.low < 1 OR k.count <> k.high - k.low + 1 END
    """
  }

  private static let strayMessages: Statement = """
    SELECT 'there are messages of room number ' || room || ', which is not there' FROM (SELECT DISTINCT id >> 32 AS room FROM messages)
    WHERE room NOT IN (SELECT id FROM rooms) AND room NOT IN (SELECT room_id FROM deleted_rooms)
    """

  private static let memberCounts: Statement = """
    SELECT 'room ' || r.public_id || ' counts ' || r.member_count || ' members and has ' || coalesce(m.count, 0)
    FROM rooms r LEFT JOIN (SELECT room_id, count(*) AS count FROM memberships GROUP BY room_id) m ON m.room_id = r.id
    WHERE r.member_count <> coalesce(m.count, 0)
    """

  private static let mentionCounts: Statement = """
    SELECT 'a member of room number ' || m.room_id || ' counts ' || m.mentions || ' mentions and has ' || coalesce(n.count, 0)
    FROM memberships m LEFT JOIN (SELECT room_id, user_id, count(*) AS count FROM mentions GROUP BY room_id, user_id) n
      ON n.room_id = m.room_id AND n.user_id = m.user_id
    WHERE m.mentions <> coalesce(n.count, 0)
    """

  private static let deletedCounts = Statement(composing: deletedCounts(from: "1"))
  private static let deletedCountsWithRetention = Statement(composing: deletedCounts(from: "r.first_seq"))

  /// SQL: the counts of blocks of 1024 ids are right. Of rooms that are gone, rows and counts are removed apart; where messages before `first`
  /// have expired, the counts up to its block do not matter.
  private static func deletedCounts(from first: String) -> String {
    """
    SELECT 'block ' || b.block || ' counts ' || b.counted || ' deleted messages and has ' || b.there FROM (
      SELECT coalesce(c.block, d.block) AS block, coalesce(c.count, 0) AS counted, coalesce(d.count, 0) AS there
      FROM deleted_message_counts c FULL JOIN (SELECT id >> 10 AS block, count(*) AS count FROM deleted_messages GROUP BY id >> 10) d
        ON d.block = c.block
      ) b LEFT JOIN rooms r ON r.id = b.block >> 22
    WHERE b.counted <> b.there AND b.block >> 22 NOT IN (SELECT room_id FROM deleted_rooms)
      AND (r.id IS NULL OR \(first) = 1 OR b.block > (r.id << 32 | (\(first) - 1)) >> 10)
    """
  }

  private static let fileTotals: Statement = """
    WITH sums AS (
      SELECT user_id, sum(disk_bytes) AS bytes FROM files GROUP BY user_id UNION ALL SELECT 0, coalesce(sum(disk_bytes), 0) FROM files)
    SELECT 'the files of user number ' || coalesce(t.user_id, s.user_id) || ' count ' || coalesce(t.disk_bytes, 0) || ' bytes and take '
      || coalesce(s.bytes, 0)
    FROM file_totals t FULL JOIN sums s ON s.user_id = t.user_id WHERE coalesce(t.disk_bytes, 0) <> coalesce(s.bytes, 0)
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
    FROM (SELECT id, position, lag(position) OVER (PARTITION BY id >> 32 ORDER BY id) AS before FROM messages) WHERE position <= before
    """

  private static let sections: Statement = """
    SELECT 'a section of the history begins at ' || start || ', which the journal has not reached' FROM history_sections
    WHERE start > 1 + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'journal'), 0)
    """
}
