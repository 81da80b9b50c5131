// What the writer counts: commits, what was in them and how long they took.
import Domain
public import Posix

public struct CommitMetrics: Sendable {
  /// Groups committed, and those that were lost.
  private let commits: Counter
  private let failures: Counter
  /// Operations in them, those included that failed by themselves.
  private let operations: Counter
  /// From the start of the transaction until it is on disk.
  private let seconds: Histogram
  private let events: Counter
  private let messages: Counter

  public init(_ metrics: Metrics) {
    let program = metrics.program
    commits = metrics.counter("echochat_commits_total", "Transactions that are on disk.", program)
    failures = metrics.counter("echochat_commit_failures_total", "Transactions that the disk or the database refused.", program)
    operations = metrics.counter("echochat_commit_operations_total", "Changes in transactions, refused ones included.", program)
    seconds = metrics.durations("echochat_commit_seconds", "From the start of a transaction until it is on disk.", program)
    events = metrics.counter("echochat_events_total", "Events that were stored.", program)
    messages = metrics.counter("echochat_messages_total", "Messages that were stored, each once.", program)
  }

  /// A transaction of so many operations is on disk, with these events.
  func committed(operations count: Int, _ entries: [JournalEntry], microseconds: Int) {
    commits.add()
    operations.add(count)
    seconds.observe(microseconds)
    events.add(entries.count)
    messages.add(entries.count { $0.kind == .newMessage })
  }

  func failed() { failures.add() }
}
