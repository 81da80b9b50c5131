// The one writer of a process: whatever arrived while the last commit was being synced goes into the next one.
import Posix

/// A thread with the writing connection and a bounded queue of operations. An operation is told of its success only after
/// the COMMIT that contains it has returned, which with synchronous=FULL means that it is on disk.
package final class GroupCommit: Sendable {
  /// Operations that may wait; beyond it `Overload` is the answer, at once.
  package static let queueMax = 8192
  /// Operations in one transaction: bounds how long a commit takes, and so how long the other program waits for the lock.
  package static let groupMax = 256

  package struct Overload: Error {}
  package struct Stopped: Error {}

  private struct Queue {
    var jobs: [Job] = []
    var isStopping = false
    var hasStopped = false
  }

  private struct Job: Sendable {
    let run: @Sendable (Transaction) throws -> Void
    let finish: @Sendable ((any Error)?) -> Void
  }

  private let queue = Condition(Queue())
  private let thread: Thread

  /// Starts the writer. `news` is called on its thread after each commit that appended to the journal.
  package init(path: String, acknowledgesBeforeCommit: Bool = false, news: @escaping @Sendable () -> Void) throws {
    let database = try Database(path: path, access: .writer)
    let queue = queue
    thread = Thread(name: "writer") {
      Writer(database: database, acknowledgesBeforeCommit: acknowledgesBeforeCommit, news: news).run(queue)
    }
  }

  /// Queues an operation. `completion` is called on the writer's thread, after the commit or with the error that undid the
  /// operation; it must not block. Errors: what `operation` throws, `StoreError`, `Overload`, `Stopped`.
  package func submit<Result: Sendable>(
    _ operation: @escaping @Sendable (Transaction) throws -> Result,
    completion: @escaping @Sendable (Swift.Result<Result, any Error>) -> Void
  ) {
    let outcome = Outcome<Result>()
    let job = Job(
      run: { outcome.value = try operation($0) },
      finish: { error in
        if let value = outcome.value, error == nil { completion(.success(value)) } else { completion(.failure(error ?? Stopped())) }
      })
    let refusal: (any Error)? = queue.update { queue in
      if queue.isStopping { return Stopped() }
      if queue.jobs.count >= Self.queueMax { return Overload() }
      queue.jobs.append(job)
      return nil
    }
    if let refusal { completion(.failure(refusal)) }
  }

  /// Waits for the commit. For threads that may block.
  package func perform<Result: Sendable>(_ operation: @escaping @Sendable (Transaction) throws -> Result) throws -> Result {
    let done = Condition<Swift.Result<Result, any Error>?>(nil)
    submit(operation) { result in done.update { $0 = result } }
    guard let result = done.wait({ $0 }) else { throw Stopped() }
    return try result.get()
  }

  /// Commits what is queued, refuses what comes after, and returns when the writer is at rest.
  package func stop() {
    queue.update { $0.isStopping = true }
    _ = queue.wait { $0.hasStopped ? true : nil }
  }

  /// Written by the operation and read by its completion, both on the writer's thread.
  private final class Outcome<Result: Sendable>: @unchecked Sendable {
    var value: Result?
  }

  /// What happens on the writer's thread.
  private struct Writer {
    let database: Database
    let acknowledgesBeforeCommit: Bool
    let news: @Sendable () -> Void

    func run(_ queue: Condition<Queue>) {
      while let group = next(queue) { commit(group) }
      queue.update { $0.hasStopped = true }
    }

    private func next(_ queue: Condition<Queue>) -> [Job]? {
      let group: [Job]? = queue.wait { queue in
        if queue.jobs.isEmpty { return queue.isStopping ? .some(nil) : .none }
        guard queue.jobs.count > GroupCommit.groupMax else {
          defer { queue.jobs = [] }
          return .some(queue.jobs)
        }
        let group = Array(queue.jobs.prefix(GroupCommit.groupMax))
        queue.jobs.removeFirst(GroupCommit.groupMax)
        return .some(group)
      }.flatMap { $0 }
      return group
    }

    private func commit(_ group: [Job]) {
      let transaction = Transaction(database)
      var outcomes: [(any Error)?] = []
      do {
        try database.run("BEGIN IMMEDIATE")
        for job in group { outcomes.append(try apply(job, transaction)) }
        if acknowledgesBeforeCommit { acknowledgeTooEarly(group, outcomes) }
        try database.run("COMMIT")
      } catch {
        if database.isInTransaction { try? database.run("ROLLBACK") }
        stopIfCorrupt(error)
        Log.error("commit of \(group.count) failed: \(error)")
        for job in group { job.finish(error) }
        return
      }
      if !acknowledgesBeforeCommit { for (job, outcome) in zip(group, outcomes) { job.finish(outcome) } }
      if transaction.hasNews { news() }
    }

    /// Answers the operation's own error after undoing it alone; throws when the whole transaction is lost.
    private func apply(_ job: Job, _ transaction: Transaction) throws -> (any Error)? {
      let changes = database.totalChanges
      try database.run("SAVEPOINT operation")
      do {
        try job.run(transaction)
        try database.run("RELEASE operation")
        return nil
      } catch {
        stopIfCorrupt(error)
        guard database.isInTransaction else { throw error }
        if database.totalChanges != changes { try database.run("ROLLBACK TO operation") }
        try database.run("RELEASE operation")
        return error
      }
    }

    private func acknowledgeTooEarly(_ group: [Job], _ outcomes: [(any Error)?]) {
      for (job, outcome) in zip(group, outcomes) { job.finish(outcome) }
      _ = Condition(()).wait(milliseconds: 30) { _ in Bool?.none }
    }

    /// A damaged file is not written to again: better no chat than a wrong one.
    private func stopIfCorrupt(_ error: any Error) {
      guard let error = error as? StoreError, error.isCorruption else { return }
      Log.error("the database is damaged, stopping: \(error)")
      fatalError("the database is damaged")
    }
  }
}
