// Erasing from the indexes of names the words that nobody is called any more.
import SearchIndex
public import SQL

public enum NameIndexes {
  /// Whether words were removed since the indexes were rewritten: their pieces are there still.
  public static func hasRemovedNames(_ database: Database) throws -> Bool {
    try database.first("SELECT 1 FROM meta WHERE name = 'names_removed'") { _ in true } ?? false
  }

  static func noteRemoved(_ transaction: Transaction) throws {
    guard try !hasRemovedNames(transaction.database) else { return }
    try transaction.database.run("INSERT INTO meta (name, value) VALUES ('names_removed', '1')")
  }

  /// Rewrites the next part of the indexes, of so many pages of 4 KiB. False once nothing is left to do.
  public static func rewriteNext(pages: Int64, _ transaction: Transaction) throws -> Bool {
    let database = transaction.database
    for index in [NameIndex.users, NameIndex.rooms] where try index.dictionary.rewrite(pages: pages, database) { return true }
    try database.run("DELETE FROM meta WHERE name = 'names_removed'")
    return false
  }
}
