// What the programs on a data directory say of themselves at this moment.
import Configuration
import Domain
import Glibc
import Posix

/// Asked at their sockets: nothing is changed, and no database is opened.
struct RunningSystem {
  struct Program {
    let name: String
    let isUp: Bool
    /// Whether a write can go through; nil if it does not say.
    let isReady: Bool?
    let version: String?
    let startedAt: Timestamp?
  }

  private static let askMilliseconds = 2000
  private static let bytesMax = 1 << 20

  let programs: [Program]
  private let families: [MetricFamily]

  init(_ settings: Settings) {
    func unix(_ path: String) -> SocketAddress { .unix(path: path) }
    func ask(_ path: String) -> [MetricFamily]? {
      HealthProbe.body("/metrics", at: unix(path), withinMilliseconds: Self.askMilliseconds, bytesMax: Self.bytesMax)
        .flatMap(MetricFamily.read)
    }
    // The worker tells what the others say, too.
    let rest = FastCGIProbe.body(
      "/metrics", at: unix(settings.restSocketPath), withinMilliseconds: 2 * Self.askMilliseconds, bytesMax: Self.bytesMax
    ).flatMap(MetricFamily.read)
    let push = rest == nil ? ask(settings.pushSocketPath) : nil
    let outbound = rest == nil && settings.isMailOn ? ask(settings.outboundSocketPath) : nil
    let families = rest ?? MetricFamily.joined([push ?? [], outbound ?? []])
    self.families = families
    func program(_ name: String, answersItself: Bool) -> Program {
      func value(_ metric: String) -> Double? { Self.value(metric, ["program": name], in: families) }
      let started = value("echochat_start_time_seconds").map { Timestamp(milliseconds: Int64($0 * 1000)) }
      return Program(
        name: name, isUp: answersItself || value("echochat_up") == 1, isReady: value("echochat_ready").map { $0 == 1 },
        version: Self.sample("echochat_build_info", ["program": name], in: families)?.label("version"), startedAt: started)
    }
    var programs = [program("rest", answersItself: rest != nil), program("push", answersItself: push != nil)]
    if settings.isMailOn { programs.append(program("outbound", answersItself: outbound != nil)) }
    if let nginx = Self.ownNginx(settings) { programs.append(nginx) }
    self.programs = programs
  }

  /// The value of a metric with these labels, among others; nil if nobody tells it.
  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? { Self.value(name, labels, in: families) }

  /// A metric that counts or measures in whole numbers.
  func number(_ name: String, _ labels: [String: String] = [:]) -> Int64? { value(name, labels).flatMap { Int64(exactly: $0.rounded()) } }

  private static func value(_ name: String, _ labels: [String: String], in families: [MetricFamily]) -> Double? {
    sample(name, labels, in: families).flatMap { Double($0.value) }
  }

  private static func sample(_ name: String, _ labels: [String: String], in families: [MetricFamily]) -> MetricFamily.Sample? {
    families.first { $0.name == name }?.samples.first { sample in
      sample.suffix.isEmpty && labels.allSatisfy { sample.label($0.key) == $0.value }
    }
  }

  /// The nginx that `serve` runs, if that runs; another one is the operator's.
  private static func ownNginx(_ settings: Settings) -> Program? {
    guard access("\(settings.runDirectory)/nginx.pid", F_OK) == 0 else { return nil }
    let first = settings.listen.first.flatMap(SocketAddress.init) ?? .ipv4(host: "127.0.0.1", port: settings.port)
    let address = HTTPListeners.local(first)
    let status = (try? HealthProbe("/echochat-alive", at: address))?.status(withinMilliseconds: Int32(askMilliseconds))
    return Program(name: "nginx", isUp: status.map { 200..<300 ~= $0 } ?? false, isReady: nil, version: nil, startedAt: nil)
  }
}
