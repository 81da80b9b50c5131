// Times as the contract writes them, compared with the calendar of the C library.
import Domain
import Glibc
import TestSupport
import Testing

@Suite struct TimestampTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (1_770_287_400_123, "2026-02-05T10:30:00.123Z"),
      (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_456_000_000, "2100-02-28T00:00:00.000Z"),
      (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
      (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (.max, "9999-12-31T23:59:59.999Z"), (.min, "0000-01-01T00:00:00.000Z"),
    ] as [(Int64, String)])
  func `known times are written in RFC 3339`(milliseconds: Int64, text: String) {
    #expect(String(decoding: Timestamp(milliseconds: milliseconds).rfc3339, as: UTF8.self) == text)
  }

  @Test func `any time from the year 0 to 9999 is written as by the C library, and read back`() {
    var random = SplitMix(seed: 3339)
    var wrong: [String] = []
    for round in 0..<20_000 {
      let near = round % 2 == 0
      let milliseconds = random.int64(near ? 0...4_102_444_800_000 : -62_167_219_200_000...253_402_300_799_999)
      let written = String(decoding: Timestamp(milliseconds: milliseconds).rfc3339, as: UTF8.self)
      if written != oracle(milliseconds) || Timestamp(rfc3339: written)?.milliseconds != milliseconds { wrong.append(written) }
    }
    #expect(wrong == [])
  }

  @Test func `every day of four centuries is written as by the C library`() {
    var wrong: [String] = []
    for day in Int64(-73_049)...73_048 {
      let milliseconds = day * 86_400_000 + 43_200_007
      let written = String(decoding: Timestamp(milliseconds: milliseconds).rfc3339, as: UTF8.self)
      if written != oracle(milliseconds) || Timestamp(rfc3339: written)?.milliseconds != milliseconds { wrong.append(written) }
    }
    #expect(wrong == [])
  }

  @Test(arguments: [
    "", "2026-02-05", "2026-02-05T10:30:00Z", "2026-02-05T10:30:00.12Z", "2026-02-05T10:30:00.1234Z", "2026-02-05T10:30:00.123",
    "2026-02-05T10:30:00.123z", "2026-02-05t10:30:00.123Z", "2026-02-05 10:30:00.123Z", "2026-02-05T10:30:00.123+",
    "2026-13-05T10:30:00.123Z",
    "2026-00-05T10:30:00.123Z", "2026-02-00T10:30:00.123Z", "2026-02-32T10:30:00.123Z", "2026-02-05T24:30:00.123Z",
    "2026-02-05T10:60:00.123Z",
    "2026-02-05T10:30:60.123Z", "+026-02-05T10:30:00.123Z", "2026-02-05T10:30:00.１Z", "-026-02-05T10:30:00.123Z",
    "2026-02-05T10:30: 0.123Z",
  ])
  func `any other form is refused`(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  @Test(arguments: ["2026-02-29T00:00:00.000Z", "2026-02-30T00:00:00.000Z", "2100-02-29T00:00:00.000Z", "2026-04-31T00:00:00.000Z"])
  func `a day that the calendar does not have is refused`(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  @Test(arguments: [
    ("2026-02-05T10:30:00Z", "2026-02-05T10:30:00.000Z"), ("2026-02-05t10:30:00.5z", "2026-02-05T10:30:00.500Z"),
    ("2026-02-05T10:30:00.123987654Z", "2026-02-05T10:30:00.123Z"), ("2026-02-05T10:30:00+01:30", "2026-02-05T09:00:00.000Z"),
    ("2026-01-01T00:00:00.25-05:00", "2026-01-01T05:00:00.250Z"), ("2024-02-29T23:59:59-00:00", "2024-02-29T23:59:59.000Z"),
  ])
  func `a client's time is read in every form of RFC 3339`(text: String, utc: String) throws {
    #expect(try #require(Timestamp(anyRFC3339: text)) == #require(Timestamp(rfc3339: utc)))
  }

  @Test(arguments: [
    "", "2026-02-05", "2026-02-05T10:30:00", "2026-02-05T10:30:00.Z", "2026-02-05T10:30:00.1234567890Z", "2026-02-30T10:30:00Z",
    "2026-02-05T24:00:00Z", "2026-02-05T23:59:60Z", "2026-02-05T10:30:00+0100", "2026-02-05T10:30:00+24:00", "2026-02-05T10:30:00+01:60",
    "2026-02-05T10:30:00*01:00", "2026-02-05X10:30:00Z", "20260205T103000Z\u{0}\u{0}\u{0}\u{0}", "2026-02-05T10:30:00.٣Z", "tomorrow",
  ])
  func `anything else is refused`(text: String) {
    #expect(Timestamp(anyRFC3339: text) == nil)
  }

  @Test func `a duration is added in whole milliseconds`() {
    let noon = Timestamp(milliseconds: 1000)
    #expect(noon + .seconds(2) == Timestamp(milliseconds: 3000))
    #expect(noon + .milliseconds(-1500) == Timestamp(milliseconds: -500))
    #expect(noon + .microseconds(1999) == Timestamp(milliseconds: 1001))
    #expect(noon < noon + .milliseconds(1))
  }

  private func oracle(_ milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds >= 0 ? milliseconds / 1000 : -((999 - milliseconds) / 1000))
    let fraction = Int(milliseconds) - seconds * 1000
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ value: Int, _ count: Int) -> String { String(repeating: "0", count: max(0, count - String(value).count)) + String(value) }
    let date = "\(digits(Int(parts.tm_year) + 1900, 4))-\(digits(Int(parts.tm_mon) + 1, 2))-\(digits(Int(parts.tm_mday), 2))"
    let time = "\(digits(Int(parts.tm_hour), 2)):\(digits(Int(parts.tm_min), 2)):\(digits(Int(parts.tm_sec), 2))"
    return "\(date)T\(time).\(digits(fraction, 3))Z"
  }
}
