// The metrics of all programs, at one address.
import Configuration
import Posix

/// A program that does not answer is told as one that is down; the others' metrics are there all the same.
struct MetricsReport: Sendable {
  /// How long a program may take, and how much it may say.
  static let askMilliseconds = 1000
  static let bytesMax = 1 << 20

  private let own: Metrics
  private let others: [(program: String, address: SocketAddress)]

  init(_ own: Metrics, _ settings: Settings) {
    self.own = own
    var others = [(program: "push", address: SocketAddress.unix(path: settings.pushSocketPath))]
    if settings.isMailOn { others.append(("outbound", .unix(path: settings.outboundSocketPath))) }
    self.others = others
  }

  /// The text for Prometheus. Blocks.
  var text: String {
    let answers = others.map { program, address in
      let text = HealthProbe.body("/metrics", at: address, withinMilliseconds: Self.askMilliseconds, bytesMax: Self.bytesMax)
      return (program, text.flatMap(MetricFamily.read))
    }
    let up = MetricFamily(
      gauge: "echochat_up", "1 if a program answers, else 0.",
      [([("program", "rest")], 1)] + answers.map { ([("program", $0)], $1 == nil ? 0 : 1) })
    return MetricFamily.text(MetricFamily.joined([[up], own.read()] + answers.compactMap { $1 }))
  }
}
