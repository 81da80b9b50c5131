// Reads the values of settings from the environment, and checks them.
import Domain
import HTTPSyntax

/// Reads and validates values; errors name the setting.
final class SettingsReader {
  let environment: [String: String]
  /// Every name that was asked for: those of all settings.
  private(set) var names: Set<String> = []

  init(_ environment: [String: String]) {
    self.environment = environment
  }

  func text(_ name: String) -> String? {
    names.insert(name)
    guard let value = environment[name], !value.isEmpty else { return nil }
    return value
  }

  func invalid(_ name: String, _ wanted: String) -> Settings.Invalid {
    Settings.Invalid("\(name)=\(environment[name] ?? ""): wanted \(wanted)")
  }

  /// One of the words that a type has.
  func word<Value: RawRepresentable<String>>(_ name: String, _ standard: Value, _ words: String) throws(Settings.Invalid) -> Value {
    guard let text = text(name) else { return standard }
    guard let value = Value(rawValue: text) else { throw invalid(name, words) }
    return value
  }

  /// Whether the value is the first of two words, which is the default, too.
  func isFirst(_ name: String, of first: String, _ second: String) throws(Settings.Invalid) -> Bool {
    switch text(name) {
    case nil, first: return true
    case second: return false
    default: throw invalid(name, "\(first) or \(second)")
    }
  }

  func integer<Value: FixedWidthInteger>(_ name: String, _ standard: Value, _ range: ClosedRange<Value>) throws(Settings.Invalid) -> Value {
    guard let text = text(name) else { return standard }
    guard let value = Value(text), range.contains(value) else {
      throw invalid(name, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func integerOrOff(_ name: String, _ standard: Int?, _ range: ClosedRange<Int>) throws(Settings.Invalid) -> Int? {
    if text(name) == "off" { return nil }
    guard let standard else { return nil }
    return try integer(name, standard, range)
  }

  func durationOrOff(_ name: String, _ standard: Int64?, _ range: ClosedRange<Int64>) throws(Settings.Invalid) -> Int64? {
    if text(name) == "off" { return nil }
    guard let standard else { return nil }
    return try duration(name, standard, range)
  }

  /// A duration, or `off`: for ever.
  func retention(_ name: String) throws(Settings.Invalid) -> Retention {
    guard let text = text(name), text != "off" else { return .forever }
    return .seconds(try duration(name, 0, 1...Retention.secondsMax))
  }

  /// Addresses of nginx, at most: each costs a descriptor.
  private static let listenMax = 16

  func listen() throws(Settings.Invalid) -> [String] {
    let addresses = (text("ECHOCHAT_LISTEN") ?? "").split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init)
    guard addresses.count <= Self.listenMax else { throw invalid("ECHOCHAT_LISTEN", "at most \(Self.listenMax) addresses") }
    return addresses
  }

  /// Addresses and networks, separated by commas or white space.
  func networks(_ name: String) throws(Settings.Invalid) -> [IPNetwork] {
    try (text(name) ?? "").split(whereSeparator: { $0 == "," || $0.isWhitespace }).map { (text) throws(Settings.Invalid) in
      guard let network = IPNetwork(String(text)) else {
        throw invalid(name, "addresses or networks such as 192.0.2.7 or 2001:db8::/32, separated by commas; \(text) is neither")
      }
      return network
    }
  }

  func publicURL() throws(Settings.Invalid) -> (origin: Origin?, path: SitePath) {
    guard let text = text("ECHOCHAT_PUBLIC_URL") else { return (nil, .root) }
    let wanted = "the URL of the site, such as https://chat.example.org or https://example.org/chat"
    let pathStart = text.firstRange(of: "://").flatMap { text[$0.upperBound...].firstIndex(of: "/") } ?? text.endIndex
    let slashes = text[pathStart...].allSatisfy { $0 == "/" }
    guard let path = slashes ? .root : SitePath(String(text[pathStart...])) else {
      throw invalid("ECHOCHAT_PUBLIC_URL", "\(wanted); \(text) has another path than \(SitePath.wanted)")
    }
    let origin = try origin("ECHOCHAT_PUBLIC_URL", String(text[..<pathStart]), wanted, of: text)
    guard origin.scheme == "https" || origin.scheme == "http" else {
      throw invalid("ECHOCHAT_PUBLIC_URL", "the URL of the site, such as https://chat.example.org; its scheme is https or http")
    }
    return (origin, path)
  }

  func origins() throws(Settings.Invalid) -> [Origin] {
    try (text("ECHOCHAT_ORIGINS") ?? "").split(whereSeparator: { $0 == "," || $0.isWhitespace }).map { (text) throws(Settings.Invalid) in
      try origin("ECHOCHAT_ORIGINS", String(text), "origins such as https://chat.example.org, separated by commas")
    }
  }

  /// `whole`: what the operator has written, of which `text` is a part.
  private func origin(_ name: String, _ text: String, _ wanted: String, of whole: String? = nil) throws(Settings.Invalid) -> Origin {
    do throws(Origin.Malformed) {
      return try Origin(url: text)
    } catch {
      throw invalid(name, "\(wanted); \(whole ?? text) \(error.reason)")
    }
  }

  func roomLimits(_ standard: RoomLimits) throws(Settings.Invalid) -> RoomLimits {
    var limits = standard
    limits.perUser = try integerOrOff("ECHOCHAT_ROOMS_PER_USER", limits.perUser, 1...1_000_000)
    limits.ownedPerUser = try integerOrOff("ECHOCHAT_OWNED_ROOMS_PER_USER", limits.ownedPerUser, 1...1_000_000)
    limits.unopenedPerUser = try integerOrOff("ECHOCHAT_UNOPENED_ROOMS_PER_USER", limits.unopenedPerUser, 1...1_000_000)
    limits.membersPerRoom = try integerOrOff("ECHOCHAT_MEMBERS_PER_ROOM", limits.membersPerRoom, 2...10_000_000)
    limits.creation = try rate("ECHOCHAT_ROOM_RATE", limits.creation)
    limits.adding = try rate("ECHOCHAT_ADDING_RATE", limits.adding)
    return limits
  }

  /// Seconds, or with a unit: `90`, `90s`, `15m`, `12h`, `7d`.
  func duration(_ name: String, _ standard: Int64, _ range: ClosedRange<Int64>) throws(Settings.Invalid) -> Int64 {
    guard let text = text(name) else { return standard }
    guard let seconds = Settings.seconds(text), range.contains(seconds) else {
      throw invalid(name, "a duration such as 90, 90s, 15m, 12h or 7d, from \(range.lowerBound) to \(range.upperBound) seconds")
    }
    return seconds
  }

  /// `5/5s` or `off`.
  func rate(_ name: String, _ standard: RateLimit?) throws(Settings.Invalid) -> RateLimit? {
    guard let text = text(name) else { return standard }
    if text == "off" { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[0]), (1...RateLimit.countMax).contains(count),
      let seconds = Settings.seconds(String(parts[1])), (1...86_400).contains(seconds)
    else { throw invalid(name, "a number per time such as 5/5s (at most \(RateLimit.countMax) in a day), or off") }
    return RateLimit(count: count, windowMilliseconds: seconds * 1000)
  }
}
