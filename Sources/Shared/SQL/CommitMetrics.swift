// What the writer counts: commits, their operations and their durations.
public import Posix

public struct CommitMetrics: Sendable {
  /// Groups committed.
  let commits: Counter
  /// Operations in them, those included that failed by themselves.
  let operations: Counter
  /// From the start of the transaction until it is on disk.
  let seconds: Histogram

  public init(_ metrics: Metrics) {
    commits = metrics.counter("echochat_store_commits_total")
    operations = metrics.counter("echochat_store_operations_total")
    seconds = metrics.durations("echochat_store_commit_seconds")
  }
}
