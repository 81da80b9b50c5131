// Verifies a data directory, which may be in use: its database, and the files beside it.
import Auth
public import Configuration
import Glibc
import Posix
import SQL
import Store

public enum DataCheck {
  /// Why a directory is not looked at, in a sentence for the operator.
  public struct NotChecked: Error, CustomStringConvertible {
    public let description: String
  }

  /// One line for each thing that was checked. Changes nothing, and holds up nobody: the rows are those of one moment. Throws `NotChecked`,
  /// and `Migrator.Failure` for a database of a newer schema.
  public static func lines(_ settings: Settings) throws -> [CheckLine] {
    guard !DataDirectoryAccess.hasForeignLog(settings) else {
      throw NotChecked(
        description: """
          \(settings.databasePath)-wal belongs to a database file that was replaced, and opening the database would apply it: start a \
          program, or run `echochatctl migrate`, which sets it aside
          """)
    }
    do {
      let database = try Database(path: settings.databasePath, access: .reader)
      defer { database.close() }
      let checked = try CheckedDatabase(database)
      return checked.lines + [try files(of: checked, settings, database), keys(settings)]
    } catch let error as StoreError {
      return [CheckLine("integrity", ["\(error)"])]
    }
  }

  private static func files(of checked: CheckedDatabase, _ settings: Settings, _ database: Database) throws -> CheckLine {
    var faults: [String] = []
    for (path, row) in checked.files.sorted(by: { $0.key < $1.key }) {
      do {
        let found = try content(of: "\(settings.filesDirectory)/\(path)")
        if let fault = CheckedDatabase.fault(path, row, found) { faults.append(fault) }
      } catch {
        // It may have been deleted since.
        if (error as? Errno)?.code == ENOENT, try !Files.exists(row.id, database) { continue }
        faults.append("files/\(path) is not there or cannot be read: \(error)")
      }
    }
    return CheckLine("files", faults, note: "\(checked.files.count)")
  }

  /// Without keys nothing is wrong yet: they are made at the first start.
  private static func keys(_ settings: Settings) -> CheckLine {
    guard access(settings.keysPath, F_OK) == 0 else { return CheckLine("keys", note: "none yet") }
    do {
      _ = try KeyRing.load(from: settings.keysPath)
      return CheckLine("keys")
    } catch {
      return CheckLine("keys", ["\(error)"])
    }
  }
}
