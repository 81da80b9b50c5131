// Times and spans of time in mails.
import Domain

/// In UTC: where the reader lives is not known.
struct MailDate {
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
  ]

  private let day: String
  private let month: String
  private let year: String
  /// `14:05:00`
  private let time: String

  init(_ time: Timestamp) {
    // 2026-11-29T14:05:00.123Z
    let text = time.rfc3339
    func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
    year = part(0..<4)
    month = Self.months[min(max((Int(part(5..<7)) ?? 1) - 1, 0), 11)]
    day = String(Int(part(8..<10)) ?? 1)
    self.time = part(11..<19)
  }

  /// `29 Nov 2026 14:05:00 +0000` (RFC 5322 section 3.3; the day of the week may be left out).
  var header: String { "\(day) \(month.prefix(3)) \(year) \(time) +0000" }
  /// `29 November 2026, 14:05 UTC`
  var sentence: String { "\(day) \(month) \(year), \(time.prefix(5)) UTC" }

  /// `30 minutes`, `1 hour`, `3 days`: whole units, rounded down.
  static func span(milliseconds: Int64) -> String {
    let minutes = max(milliseconds / 60_000, 1)
    let (count, unit) =
      minutes < 60 ? (minutes, "minute") : minutes < 48 * 60 ? (minutes / 60, "hour") : (minutes / (24 * 60), "day")
    return "\(count) \(unit)\(count == 1 ? "" : "s")"
  }
}
