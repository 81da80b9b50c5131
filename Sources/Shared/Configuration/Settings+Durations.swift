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
}
