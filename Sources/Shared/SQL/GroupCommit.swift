// The one writer of a process: operations that arrive while a commit is synced go into the next one together.
public import Domain
public import Posix

/// A thread with the writing connection and a bounded queue of operations. An operation is acknowledged only after
/// the COMMIT that contains it has returned, which with synchronous=FULL means that it is on disk.
public final class GroupCommit: Sendable {
  /// Operations that may wait; beyond it `submit` returns `Overload` at once.
  public static let queueMax = 8192
  /// Operations in one transaction: bounds how long a commit takes, and so how long the other program waits for the write lock.
  public static let groupMax = 256
  /// Bytes that one transaction may write before it takes no further batch: all pages that it changes stay in memory until its commit.
  /// Usual groups of 256 operations are below it.
  public static let groupBytesMax = 16 << 20

  public struct Overload: Error {
    public init() {}
  }
  public struct Stopped: Error {
    @inlinable public init() {}
  }

  public typealias Operation<Result> = @Sendable (Transaction) throws -> Result

  private struct Queue {
    var batches: [Batch] = []
    var operations = 0
    var isStopping = false
  }

  /// The operations of one `submit`.
  private struct Batch: Sendable {
    let count: Int
    let run: @Sendable (Int, Transaction) throws -> Void
    let finish: @Sendable ([(any Error)?]) -> Void
  }

  private let queue = Condition(Queue())
  private let thread: Thread

  /// Called on the writer's thread after each group, once its operations have completed, with the events that it appended to the journal,
  /// in order: they are on disk now. Empty if there are none. Must not block.
  public typealias CommitHook = @Sendable ([JournalEntry]) -> Void

  /// Gives a transaction its time, once it has the write lock. May read and write in it.
  public typealias TransactionClock = @Sendable (Database) throws -> Timestamp

  /// Called on the writer's thread after each commit, before it is acknowledged. Throws if what was committed will not last: it fails then.
  public typealias Confirmation = @Sendable () throws -> Void

  /// Starts the writer. `eventBudget` is what operations are charged for events; `policy` is told of every commit that fails.
  public init(
    path: String, policy: StoreFailurePolicy? = nil,
    clock: @escaping TransactionClock = { _ in Timestamp(milliseconds: Clock.wallMilliseconds()) },
    eventBudget: EventBudget? = nil, acknowledgesBeforeCommit: Bool = false, metrics: CommitMetrics = CommitMetrics(Metrics()),
    confirm: @escaping Confirmation = {},
    onCommit: @escaping CommitHook
  ) throws {
    let database = try Database(path: path, access: .writer, policy: policy)
    let queue = queue
    thread = Thread(name: "writer") {
      Writer(
        database: database, policy: policy, clock: clock, eventBudget: eventBudget,
        acknowledgesBeforeCommit: acknowledgesBeforeCommit, metrics: metrics, confirm: confirm,
        onCommit: onCommit
      ).run(queue)
    }
  }

  /// Queues operations, at most `groupMax` of them, that go into one transaction, however large; each still succeeds or fails by itself. An
  /// operation may be run twice, the first time in vain: when another one of its group had to be undone. `completion` is called once, on
  /// the writer's thread, after the commit, with the results in their order; it must not block. Errors: what an operation throws,
  /// `StoreError`, `Overload`, `Stopped`.
  @inlinable
  public func submit<Result: Sendable>(
    _ operations: [Operation<Result>], completion: @escaping @Sendable ([Swift.Result<Result, any Error>]) -> Void
  ) {
    let results = Results<Result>(count: operations.count)
    enqueue(
      count: operations.count,
      run: { results.values[$0] = try operations[$0]($1) },
      finish: { errors in
        completion(
          errors.indices.map { index in
            if errors[index] == nil, let value = results.values[index] { .success(value) } else { .failure(errors[index] ?? Stopped()) }
          })
      })
  }

  @usableFromInline typealias PendingResult<Result> = Condition<Swift.Result<Result, any Error>?>

  /// Waits for the commit. For threads that may block.
  @inlinable
  public func perform<Result: Sendable>(_ operation: @escaping Operation<Result>) throws -> Result {
    let done = PendingResult<Result>(nil)
    submit([operation]) { results in done.update { $0 = results.first } }
    guard let result = done.wait({ $0 }) else { throw Stopped() }
    return try result.get()
  }

  @usableFromInline
  func enqueue(
    count: Int, run: @escaping @Sendable (Int, Transaction) throws -> Void, finish: @escaping @Sendable ([(any Error)?]) -> Void
  ) {
    precondition(count <= Self.groupMax, "a batch is larger than a group")
    let refusal: (any Error)? = queue.update { queue in
      if queue.isStopping { return Stopped() }
      if queue.operations + count > Self.queueMax { return Overload() }
      queue.batches.append(Batch(count: count, run: run, finish: finish))
      queue.operations += count
      return nil
    }
    if let refusal { finish(Array(repeating: refusal, count: count)) }
  }

  /// Commits what is queued, refuses further operations, and returns when the writer has stopped. It may be called again.
  public func stop() {
    queue.update { $0.isStopping = true }
    thread.join()
  }

  /// Written by operations and read by their completion, both on the writer's thread.
  @usableFromInline
  final class Results<Result>: @unchecked Sendable {
    @usableFromInline var values: [Result?]

    @inlinable
    init(count: Int) {
      values = Array(repeating: nil, count: count)
    }
  }

  /// The loop of the writer's thread.
  private struct Writer {
    let database: Database
    let policy: StoreFailurePolicy?
    let clock: TransactionClock
    let eventBudget: EventBudget?
    let acknowledgesBeforeCommit: Bool
    let metrics: CommitMetrics
    let confirm: Confirmation
    let onCommit: CommitHook

    func run(_ queue: Condition<Queue>) {
      // Closed before `stop` returns: the last program to close the database leaves it whole.
      defer { database.close() }
      var group: [Batch] = []
      while true {
        if group.isEmpty {
          guard let next = next(queue) else { return }
          group = next
        }
        group.removeFirst(commit(group))
      }
    }

    /// The batches that waited longest, as many as fit into a group.
    private func next(_ queue: Condition<Queue>) -> [Batch]? {
      queue.wait { queue -> [Batch]?? in
        if queue.batches.isEmpty { return queue.isStopping ? .some(nil) : .none }
        var group = queue.batches
        if queue.operations > GroupCommit.groupMax {
          var count = 0
          group = Array(
            queue.batches.prefix { batch in
              count += batch.count
              return count <= GroupCommit.groupMax
            })
        }
        queue.batches.removeFirst(group.count)
        queue.operations -= group.reduce(0) { $0 + $1.count }
        return group
      }.flatMap { $0 }
    }

    /// Commits the first batches of the group, as many as fit into a transaction, and returns their number. If it is lost, all fail.
    private func commit(_ group: [Batch]) -> Int {
      let start = Clock.monotonicNanoseconds()
      policy?.beganGroup(at: start)
      let outcomes: [[(any Error)?]]
      let transaction = Transaction(database, now: Timestamp(milliseconds: 0), eventBudget: eventBudget)
      do {
        // Savepoints make SQLite keep a copy of every page that an operation changes, which costs more than the operation. They are set
        // only when an operation has failed half-way: then everything is undone and done again, each operation by itself.
        outcomes = try apply(group, isolated: false, transaction) ?? apply(group, isolated: true, transaction) ?? []
        if acknowledgesBeforeCommit { acknowledgeTooEarly(group, outcomes) }
        try database.run("COMMIT")
        try confirm()
      } catch {
        if database.isInTransaction { _ = try? database.run("ROLLBACK") }
        policy?.endedGroup(error)
        metrics.failed()
        Log.debug("commit failed", ["operations": group.reduce(0) { $0 + $1.count }, "error": "\(error)"])
        for batch in group { batch.finish(Array(repeating: error, count: batch.count)) }
        onCommit([])
        return group.count
      }
      policy?.endedGroup(nil)
      count(outcomes, transaction, since: start)
      if !acknowledgesBeforeCommit { for (batch, errors) in zip(group, outcomes) { batch.finish(errors) } }
      onCommit(transaction.events)
      return outcomes.count
    }

    private func count(_ outcomes: [[(any Error)?]], _ transaction: Transaction, since start: Int64) {
      let operations = outcomes.reduce(0) { $0 + $1.count }
      let microseconds = Int(Clock.monotonicNanoseconds() - start) / 1000
      metrics.committed(operations: operations, transaction.events, microseconds: microseconds)
      Log.debug("commit", ["operations": operations, "events": transaction.events.count, "us": microseconds])
    }

    /// Runs the operations in one transaction, batch by batch until it is large enough, and returns the error of each. Nil if one that was
    /// not isolated failed after it had changed something: then everything was rolled back. Throws when the transaction as a whole is lost.
    private func apply(_ group: [Batch], isolated: Bool, _ transaction: Transaction) throws -> [[(any Error)?]]? {
      try database.beginWriting()
      transaction.now = try clock(database)
      transaction.rollBackEvents(to: 0)
      let writtenBefore = bytesWritten
      var outcomes: [[(any Error)?]] = []
      for batch in group {
        if bytesWritten - writtenBefore >= GroupCommit.groupBytesMax { break }
        var errors: [(any Error)?] = []
        for index in 0..<batch.count {
          let changes = database.connection.totalChanges
          let events = transaction.events.count
          transaction.beginOperation()
          if isolated { try database.run("SAVEPOINT operation") }
          do {
            try batch.run(index, transaction)
            errors.append(nil)
          } catch {
            guard database.isInTransaction else { throw error }
            if database.connection.totalChanges != changes {
              guard isolated else {
                try database.run("ROLLBACK")
                return nil
              }
              try database.run("ROLLBACK TO operation")
              transaction.rollBackEvents(to: events)
            }
            errors.append(error)
          }
          if isolated { try database.run("RELEASE operation") }
        }
        outcomes.append(errors)
      }
      return outcomes
    }

    private func acknowledgeTooEarly(_ group: [Batch], _ outcomes: [[(any Error)?]]) {
      for (batch, errors) in zip(group, outcomes) { batch.finish(errors) }
      _ = Condition(()).wait(milliseconds: 30) { _ in Bool?.none }
    }

    /// At least the bytes of the pages that were changed, summed up: each row that changes is in a page of its own at worst.
    private var bytesWritten: Int { database.bytesBound + 4096 * Int(database.connection.totalChanges) }
  }
}
