// Which part of a run it is: everything is opened, then warmed up, then measured, then brought to its end.

struct Stopwatch {
  enum Stage {
    case opening, warmingUp, measuring, draining
  }

  private(set) var stage = Stage.opening
  private let warmUp: Int64
  private let length: Int64
  /// When the present stage began, in the monotonic clock's nanoseconds.
  private(set) var since: Int64 = 0
  /// How long the measured part really was.
  private(set) var measured: Int64 = 0

  init(_ plan: Plan) {
    warmUp = Int64(plan.warmUpSeconds * 1e9)
    length = Int64(plan.seconds * 1e9)
  }

  var isMeasuring: Bool { stage == .measuring }
  var isDraining: Bool { stage == .draining }
  var measuredSeconds: Double { Double(measured) / 1e9 }

  /// Everything is open: the load begins.
  mutating func start(at now: Int64) {
    stage = .warmingUp
    since = now
  }

  /// The stage that begins now, if one does.
  mutating func look(at now: Int64) -> Stage? {
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
