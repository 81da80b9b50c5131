// Copies the WAL into the database file, never while another connection commits.
import Glibc
import Posix

/// Debian 12's SQLite (all from 3.7.0 to 3.51.2) can lose acknowledged rows when a PASSIVE checkpoint runs while another
/// connection commits. So one connection, the holder, takes the write lock, another, the copier, checkpoints, and the holder rolls back.
/// RESTART and TRUNCATE are never used: on a timeout they fall back to the dangerous mode.
public final class Checkpointer: Sendable {
  /// Frames (pages of 4 KiB) a checkpoint should find: fewer wastes fsyncs, since pages that change often are copied once whatever their
  /// frames; more makes writers wait longer for the write lock.
  public static let framesWanted: Int32 = 4000
  private static let pauseMilliseconds: ClosedRange<Int64> = 25...1000
  /// After a reader or another writer kept the WAL from being erased.
  private static let retryMilliseconds: Int64 = 2000

  private let thread: BackgroundThread

  /// Starts the thread. `walBytesMin`: leaves the WAL alone while its file is smaller, for a program that only stands in for the daemon.
  /// `eraseMilliseconds`: how often to erase what the WAL has of deleted rows; nil: never.
  public init(path: String, walBytesMin: Int64 = 0, eraseMilliseconds: Int64? = nil, policy: StoreFailurePolicy? = nil) throws {
    let holder = try Database(path: path, access: .writer, policy: policy)
    let copier = try Database(path: path, access: .writer, policy: policy)
    thread = BackgroundThread(name: "checkpointer") { stop in
      Self.run(holder, copier, walPath: path + "-wal", walBytesMin: walBytesMin, eraseMilliseconds, stop)
    }
  }

  public func stop() {
    thread.stop()
  }

  private static func run(
    _ holder: Database, _ copier: Database, walPath: String, walBytesMin: Int64, _ eraseMilliseconds: Int64?,
    _ stop: BackgroundThread.StopFlag
  ) {
    var pause = min(pauseMilliseconds.upperBound, eraseMilliseconds ?? .max)
    var seenVersion: Int64 = -1
    var loggedCode: Int32 = 0
    var (erasedVersion, eraseAt) = (Int64(-1), Clock.bootMilliseconds())
    while !stop.wait(milliseconds: pause) {
      do {
        // data_version moves when another connection has committed: otherwise there is nothing to copy.
        let version = try copier.first("PRAGMA data_version") { $0.integer(0) } ?? 0
        if let eraseMilliseconds, version != erasedVersion, Clock.bootMilliseconds() >= eraseAt {
          let isErased = try eraseLog(holder, copier)
          seenVersion = try copier.first("PRAGMA data_version") { $0.integer(0) } ?? 0
          if isErased { erasedVersion = seenVersion }
          eraseAt = Clock.bootMilliseconds() + (isErased ? eraseMilliseconds : min(eraseMilliseconds, retryMilliseconds))
          continue
        }
        if version == seenVersion || Int64(fileBytes(walPath) ?? 0) < walBytesMin { continue }
        let frames = try checkpoint(holder, copier)
        seenVersion = version
        loggedCode = 0
        pause = nextPause(after: frames, pause)
      } catch let error as StoreError where error.isBusy {
        continue
      } catch {
        // A full disk stays full for a while: one line until a checkpoint succeeds.
        let code = (error as? StoreError)?.code ?? -1
        if code != loggedCode { Log.error("cannot checkpoint the database: \(error)") }
        loggedCode = code
        pause = pauseMilliseconds.upperBound
      }
    }
  }

  /// Returns the frames that were in the WAL. Those that a reader still needs stay there.
  public static func checkpoint(_ holder: Database, _ copier: Database) throws -> Int32 {
    try holder.beginWriting()
    defer { _ = try? holder.run("ROLLBACK") }
    return try copier.connection.passiveCheckpoint().inLog
  }

  /// Twice as often when more was found than wanted, half as often when less.
  private static func nextPause(after frames: Int32, _ pause: Int64) -> Int64 {
    let next = frames > framesWanted ? pause / 2 : frames < framesWanted / 2 ? pause * 2 : pause
    return min(max(next, pauseMilliseconds.lowerBound), pauseMilliseconds.upperBound)
  }
}
