// How long messages are kept.

public enum Retention: Equatable, Sendable {
  case forever
  /// At least 1.
  case seconds(Int64)

  /// The most that may be asked for, some ten years.
  public static let secondsMax: Int64 = 3650 * 86_400

  /// From a number as it is stored: 0 means for ever.
  public init(seconds: Int64) {
    self = seconds > 0 ? .seconds(seconds) : .forever
  }

  /// As it is stored and told to clients: 0 means for ever.
  public var seconds: Int64 {
    switch self {
    case .forever: 0
    case .seconds(let seconds): seconds
    }
  }
}
