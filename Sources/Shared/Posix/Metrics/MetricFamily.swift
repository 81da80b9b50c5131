// Metrics as Prometheus reads them: the text format, version 0.0.4.

/// All samples of one name. https://prometheus.io/docs/instrumenting/exposition_formats/
public struct MetricFamily: Equatable, Sendable {
  public enum Kind: String, Sendable { case counter, gauge, histogram }

  public struct Sample: Equatable, Sendable {
    /// What follows the family's name: empty, or `_bucket`, `_sum` or `_count` of a histogram.
    public let suffix: String
    /// As in the text, with braces; empty if there are none.
    public let labels: String
    public let value: String

    init(suffix: String, labels: String, value: String) {
      (self.suffix, self.labels, self.value) = (suffix, labels, value)
    }

    var text: String { "\(suffix)\(labels) \(value)" }
  }

  /// The media type of the text.
  public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

  public let name: String
  let help: String
  let kind: Kind
  public internal(set) var samples: [Sample]

  init(name: String, help: String, kind: Kind, samples: [Sample] = []) {
    (self.name, self.help, self.kind, self.samples) = (name, help, kind, samples)
  }

  /// A gauge with one sample for each value.
  public init(gauge name: String, _ help: String, _ values: [(labels: Metrics.Labels, value: Int)]) {
    let samples = values.map { Sample(suffix: "", labels: Self.text(of: $0.labels), value: "\($0.value)") }
    self.init(name: name, help: help, kind: .gauge, samples: samples)
  }
}

extension MetricFamily {
  /// The text of families, of which those without samples are left out.
  public static func text(_ families: [MetricFamily]) -> String {
    var text = ""
    for family in families where !family.samples.isEmpty {
      text += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.kind.rawValue)\n"
      for sample in family.samples { text += "\(family.name)\(sample.text)\n" }
    }
    return text
  }

  /// Reads what `text` has written, in another program; nil if it is anything else.
  public static func read(_ text: String) -> [MetricFamily]? {
    var families: [MetricFamily] = []
    var help: (name: Substring, text: Substring)?
    for line in text.split(separator: "\n") {
      if let rest = line.dropping("# HELP ") {
        guard let space = rest.firstIndex(of: " ") else { return nil }
        help = (rest[..<space], rest[rest.index(after: space)...])
      } else if let rest = line.dropping("# TYPE ") {
        guard let space = rest.firstIndex(of: " "), let kind = Kind(rawValue: String(rest[rest.index(after: space)...])), let about = help,
          about.name == rest[..<space], isName(about.name)
        else { return nil }
        families.append(MetricFamily(name: String(about.name), help: String(about.text), kind: kind))
        help = nil
      } else {
        guard help == nil, let family = families.last, let sample = Sample(line, of: family) else { return nil }
        families[families.count - 1].samples.append(sample)
      }
    }
    return families
  }

  /// Joins the families of several programs: those of one name become one.
  public static func joined(_ parts: [[MetricFamily]]) -> [MetricFamily] {
    var joined: [MetricFamily] = []
    for family in parts.joined() {
      if let index = joined.firstIndex(where: { $0.name == family.name && $0.kind == family.kind }) {
        joined[index].samples += family.samples
      } else if !joined.contains(where: { $0.name == family.name }) {
        joined.append(family)
      }
    }
    return joined
  }

  /// Labels in braces, their values escaped.
  static func text(of labels: Metrics.Labels) -> String {
    guard !labels.isEmpty else { return "" }
    return "{\(labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ","))}"
  }

  private static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  /// A number of which the last digits are behind the point, without zeros at its end.
  static func text(_ value: Int, decimals: Int) -> String {
    guard decimals > 0 else { return "\(value)" }
    let digits = "\(value.magnitude)"
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    var fraction = padded.suffix(decimals)
    while fraction.last == "0" { fraction.removeLast() }
    return "\(value < 0 ? "-" : "")\(padded.dropLast(decimals))\(fraction.isEmpty ? "" : ".\(fraction)")"
  }

  private static func isName(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: "_") }
  }
}

extension MetricFamily.Sample {
  /// A line of the text; nil if it is none of the family.
  fileprivate init?(_ line: Substring, of family: MetricFamily) {
    guard let rest = line.dropping(family.name), let space = rest.lastIndex(of: " ") else { return nil }
    let (suffix, value) = (rest[..<space].prefix { $0 != "{" }, rest[rest.index(after: space)...])
    let labels = rest[suffix.endIndex..<space]
    let suffixes = family.kind == .histogram ? ["_bucket", "_sum", "_count"] : [""]
    guard suffixes.contains(String(suffix)), labels.isEmpty || labels.hasSuffix("}"), Double(value) != nil else { return nil }
    self.init(suffix: String(suffix), labels: String(labels), value: String(value))
  }

  /// The value of a label that has no character to escape; nil if there is none.
  public func label(_ name: String) -> String? {
    for start in ["{", ","] {
      guard let found = labels.firstRange(of: "\(start)\(name)=\"") else { continue }
      return String(labels[found.upperBound...].prefix { $0 != "\"" })
    }
    return nil
  }
}

extension StringProtocol where SubSequence == Substring {
  /// What follows `start`; nil if the text does not begin so.
  fileprivate func dropping(_ start: String) -> Substring? { hasPrefix(start) ? dropFirst(start.count) : nil }
}
