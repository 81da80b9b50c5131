// What a program does when its database fails: one policy for all connections.
import Glibc
import Posix
import Synchronization

/// One for each program and database, given to every connection. Damage stops the program; errors that pass refuse writes until a commit
/// succeeds again. See Decisions/0011.
public final class StoreFailurePolicy: Sendable {
  /// EX_IOERR of sysexits.h: the exit status of a program that stops since its database is damaged.
  public static let exitStatus: Int32 = 74
  /// A file system with less free space counts as full: a commit and its checkpoint need some.
  public static let freeBytesMin: Int64 = 1 << 20
  /// A group of operations that takes longer than this waits for a disk that does not answer. Longer than waiting for the write lock.
  private static let groupMilliseconds: Int64 = 6000
  /// Commits that fail in turns with others that succeed are logged at most so often.
  private static let logMilliseconds: Int64 = 10_000
  private static let failureLogMilliseconds: Int64 = 60_000

  private struct State {
    var isDamaged = false
    /// Why the latest commit failed.
    var cause: (any Error)?
    var isCauseLogged = false
    var loggedAt: Int64?
    /// The disk's error that was logged last.
    var failureCode: Int32 = 0
    var failureLoggedAt: Int64 = 0
  }

  private let path: String
  private let stop: @Sendable () -> Void
  private let state = Lock(State())
  private let areCommitsFailing = Atomic(false)
  /// When the writer began its present group, in nanoseconds of the monotonic clock; 0 between two groups.
  private let groupBegan = Atomic<Int64>(0)

  /// `stop` ends the program at once; a test may have it note that instead.
  public init(path: String, stop: (@Sendable () -> Void)? = nil) {
    self.path = path
    self.stop = stop ?? { _exit(Self.exitStatus) }
  }

  // MARK: Damage

  /// Lies beside the database from the moment that a program meets damage: all other programs stop, too, and none serves the file again
  /// before a check of the whole file finds nothing wrong.
  private var markPath: String { path + "-damaged" }

  /// For every error of a connection. If the file is damaged, logs that, marks it and stops the program: nothing is acknowledged any more.
  /// Errors of the disk are logged now and then, on whichever connection they occur.
  func report(_ error: StoreError) {
    guard error.isCorruption else {
      if error.isTemporary, !error.isBusy { logFailure(error) }
      return
    }
    end("the database \(path) is damaged, stopping: \(error)", marking: error.description)
  }

  /// Stops the program if another one has met damage. To be called several times a second.
  public func stopIfMarked() {
    guard access(markPath, F_OK) == 0 else { return }
    end("another program has found the database \(path) damaged, stopping", marking: nil)
  }

  /// Checks the whole file if an earlier program has met damage, and removes the mark if nothing is wrong: the file was replaced, or the
  /// disk has recovered. To be called at start, before anything is written. Stops the program, and throws, if the file is damaged.
  public func checkMarked() throws {
    guard access(markPath, F_OK) == 0 else { return }
    Log.warning("the database \(path) was damaged when it was used last; checking it")
    if let damage = try Database(path: path, access: .reader, policy: self).firstDamage() {
      let error = StoreError(.corruption, message: "\(damage); put a whole copy in its place", sql: "check of the whole file")
      report(error)
      throw error
    }
    unlink(markPath)
    Log.warning("the database \(path) is whole")
  }

  private func logFailure(_ error: StoreError) {
    let now = Clock.monotonicNanoseconds() / 1_000_000
    state.withLock { state in
      if state.failureCode == error.code, now - state.failureLoggedAt < Self.failureLogMilliseconds { return }
      state.failureCode = error.code
      state.failureLoggedAt = now
      Log.error("the disk of the database fails: \(error)")
    }
  }

  /// Under the lock, so that threads that meet the same damage log it once.
  private func end(_ text: String, marking damage: String?) {
    state.withLock { state in
      guard !state.isDamaged else { return }
      state.isDamaged = true
      Log.error(text)
      if let damage { mark(damage) }
      stop()
    }
  }

  private func mark(_ damage: String) {
    let file = open(markPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return Log.error("\(Errno("open \(markPath)")): other programs do not learn of the damage") }
    let text = Array((damage + "\n").utf8)
    _ = write(file, text, text.count)
    close(file)
  }

  // MARK: Writing

  /// For the writer, at the beginning of each group, with the monotonic clock's nanoseconds.
  func beganGroup(at nanoseconds: Int64) { groupBegan.store(nanoseconds, ordering: .relaxed) }

  /// For the writer, after each group: `failure` is what lost the whole group; nil if it was committed.
  func endedGroup(_ failure: (any Error)?) {
    groupBegan.store(0, ordering: .relaxed)
    guard failure != nil || areCommitsFailing.load(ordering: .relaxed) else { return }
    let now = Clock.monotonicNanoseconds() / 1_000_000
    state.withLock { state in
      if let failure {
        let isNew = (failure as? StoreError)?.code != (state.cause as? StoreError)?.code || state.cause == nil
        if isNew, state.loggedAt.map({ now - $0 >= Self.logMilliseconds }) ?? true {
          Log.error("commits fail, writes are refused until one succeeds: \(failure)")
          state.loggedAt = now
          state.isCauseLogged = true
        }
      } else if state.isCauseLogged {
        Log.info("commits succeed again")
        state.isCauseLogged = false
      }
      state.cause = failure
    }
    areCommitsFailing.store(failure != nil, ordering: .relaxed)
  }

  /// Whether the latest commit failed: then only a commit that succeeds shows that the cause is gone.
  public var needsProbe: Bool { areCommitsFailing.load(ordering: .relaxed) }

  /// Whether the writer waits for a disk that does not answer.
  public var isStuck: Bool {
    let began = groupBegan.load(ordering: .relaxed)
    return began != 0 && Clock.monotonicNanoseconds() - began > Self.groupMilliseconds * 1_000_000
  }

  /// Whether the file system has room and permits writing. Also for root, whom the modes of files do not stop.
  public var mayWrite: Bool {
    guard let free = freeBytes(at: path), free >= Self.freeBytesMin else { return false }
    return ["", "-wal", "-shm"].allSatisfy { access(path + $0, W_OK) == 0 || errno == ENOENT }
  }
}
