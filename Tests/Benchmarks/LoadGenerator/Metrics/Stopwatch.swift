// The stages of a run: opening connections, warming up, measuring, draining.

struct Stopwatch {
  enum Stage {
    case opening, warmingUp, measuring, draining
  }

  private(set) var stage = Stage.opening
  private let warmUp: Int64
  private let length: Int64
  /// When the current stage began, in nanoseconds of the monotonic clock.
  private(set) var since: Int64 = 0
  /// The real length of the measured part, in nanoseconds.
  private(set) var measured: Int64 = 0

  init(_ plan: Plan) {
    warmUp = Int64(plan.warmUpSeconds * 1e9)
    length = Int64(plan.seconds * 1e9)
  }

  var isMeasuring: Bool { stage == .measuring }
  var isDraining: Bool { stage == .draining }
  var measuredSeconds: Double { Double(measured) / 1e9 }

  /// Starts the warm-up, once all connections are open.
  mutating func start(at now: Int64) {
    stage = .warmingUp
    since = now
  }

  /// Returns the stage that begins now, if any.
  mutating func advance(at now: Int64) -> Stage? {
    switch stage {
    case .warmingUp where now - since >= warmUp:
      stage = .measuring
    case .measuring where now - since >= length:
      measured = now - since
      stage = .draining
    default:
      return nil
    }
    since = now
    return stage
  }
}
