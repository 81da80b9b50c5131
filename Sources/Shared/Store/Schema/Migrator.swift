// Migrates a database to the schema of this program.
import Domain
public import SQL

public enum Migrator {
  public enum Failure: Error, CustomStringConvertible {
    case foreignDatabase(applicationID: Int64)
    /// `copy`: the newest copy of the database from before, if there is one.
    case newerSchema(found: Int64, known: Int, copy: String? = nil)

    public var description: String {
      switch self {
      case .foreignDatabase(let id): "this is not an EchoChat database (application_id \(id))"
      case .newerSchema(let found, let known, let copy):
        """
        the database has schema \(found), this program knows \(known): install the newer EchoChat again. To go back instead, and lose what \
        was written since the update, stop all programs and move \(copy ?? "a backup from before the update") to the database's place
        """
      }
    }
  }

  /// What says in the head of a file that it is EchoChat's.
  public static var applicationID: Int64 { Schema.applicationID }
  /// The schema this program works with.
  public static var version: Int { Schema.migrations.count }

  /// Runs the missing migrations, each in a transaction of its own, under the writer lock, so that several programs may start at
  /// once. Returns the schema before. `epoch` names a database that is made now. Throws `Failure` or `StoreError`; what was migrated stays.
  /// `beforeChanging` is called with a database that is not new and its schema, unless there is nothing to do; what it throws stops here.
  /// `last` is the schema to stop at: a test may want to meet an older program's database.
  @discardableResult
  public static func migrate(
    path: String, epoch: String, through last: Int = version, policy: StoreFailurePolicy? = nil,
    beforeChanging: (Database, Int64) throws -> Void = { _, _ in }
  ) throws -> Int64 {
    let database = try Database(path: path, access: .writer, policy: policy)
    // In a snapshot: of a database that another program makes just now, all is seen or nothing.
    let before = try database.snapshot { try schema(of: database) }
    if before > 0, before < last { try beforeChanging(database, before) }
    for (index, script) in Schema.migrations.prefix(last).enumerated() {
      try database.writing {
        // Asked again under the lock: another program may have been faster.
        guard try schema(of: database) == Int64(index) else { return }
        try database.runScript(script)
        // A script can neither fold names nor spell emoji.
        let transaction = Transaction(database, now: Timestamp(milliseconds: 0))
        if [Schema.names, Schema.spelledNames, Schema.compoundNames].contains(script) { try NameIndex.build(transaction) }
        if script == Schema.emojiSpelling { try EmojiSpelling.unify(transaction) }
        try database.runScript("PRAGMA user_version = \(index + 1); PRAGMA application_id = \(Schema.applicationID)")
        if index == 0 { try database.run("INSERT INTO meta (name, value) VALUES ('epoch', ?), ('journal_floor', '0')", .text(epoch)) }
      }
    }
    return before
  }

  /// The schema of a database that is open; refuses foreign and newer ones.
  public static func schema(of database: Database) throws -> Int64 {
    let version = try database.first("PRAGMA user_version") { $0.integer(0) } ?? 0
    let application = try database.first("PRAGMA application_id") { $0.integer(0) } ?? 0
    // Most databases bear no mark at all: only an empty one may become ours.
    let isEmpty = try version == 0 && database.first("SELECT 1 FROM sqlite_master") { _ in true } == nil
    guard application == Schema.applicationID || (application == 0 && isEmpty) else {
      throw Failure.foreignDatabase(applicationID: application)
    }
    guard version <= Int64(Self.version) else { throw Failure.newerSchema(found: version, known: Self.version) }
    return version
  }
}
