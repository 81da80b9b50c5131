// How people write a duration.

extension Settings {
  /// The seconds of a duration, with or without a unit: `90`, `90s`, `15m`, `12h`, `7d`. Nil for anything else.
  public static func seconds(_ text: String) -> Int64? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let last = text.last else { return nil }
    guard let unit = units[last] else { return Int64(text) }
    guard let count = Int64(text.dropLast()) else { return nil }
    let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? nil : seconds
  }

  /// The same the other way round, with the largest unit that leaves no rest: `90d`.
  public static func duration(_ seconds: Int64) -> String {
    for (name, unit) in [("d", Int64(86_400)), ("h", 3600), ("m", 60)] where seconds > 0 && seconds % unit == 0 {
      return "\(seconds / unit)\(name)"
    }
    return "\(seconds)s"
  }
}
