// Logs a program's metrics once a minute while the log is verbose.

public final class MetricsLog: Sendable {
  private static let intervalMilliseconds: Int64 = 60_000

  private let thread: BackgroundThread

  /// Nil if the log is not verbose.
  public init?(_ metrics: Metrics) {
    guard Log.isVerbose else { return nil }
    thread = BackgroundThread(name: "metrics") { stop in
      while !stop.wait(milliseconds: Self.intervalMilliseconds) { Log.debug("metrics", ["all": metrics.summary]) }
    }
  }

  public func stop() {
    thread.stop()
  }
}
