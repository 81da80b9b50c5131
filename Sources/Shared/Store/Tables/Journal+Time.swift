// The time of changes: it rises with the positions of the journal, also while the wall clock is behind.
public import Domain
public import SQL

extension Journal {
  /// How far the wall clock may be behind the newest event. Further behind, it is the event's time that was wrong.
  public static let heldMillisecondsMax: Int64 = 3_600_000

  /// The time of the changes in a transaction that holds the write lock: that of the wall clock, or of the newest event while the wall
  /// clock is behind it. So the times of messages rise with their positions, whichever program writes them and whatever sets the clock back
  /// by minutes: a search finds the position of a time by halving.
  ///
  /// A wall clock that is more than `heldMillisecondsMax` behind is believed all the same, or one wrong clock would stop time for years.
  /// That times do not rise everywhere is noted for ever; `timesRise` is false from then on.
  public static func time(wall: Timestamp, _ database: Database) throws -> Timestamp {
    let newest = try database.first("SELECT created_at FROM journal ORDER BY position DESC LIMIT 1") { $0.integer(0) }
    guard let newest, newest > wall.milliseconds else { return wall }
    guard newest - wall.milliseconds > heldMillisecondsMax else { return Timestamp(milliseconds: newest) }
    if try timesRise(database) { try database.run("INSERT INTO meta (name, value) VALUES ('times_fell', '1')") }
    return wall
  }

  /// Whether no message has a time before that of a message with a lower position.
  public static func timesRise(_ database: Database) throws -> Bool {
    try database.first("SELECT 1 FROM meta WHERE name = 'times_fell'") { _ in false } ?? true
  }
}
