// Bounds how many lines of one kind a log gets.

/// Admits the first lines of a kind in each span of time and counts the others, so that what repeats a thousand times a second says so in
/// one line. For one log; `at` is a clock that is never set back, in milliseconds.
public struct LogLimiter {
  /// Lines of one kind in one span.
  public static let linesMax = 20
  public static let spanMilliseconds: Int64 = 10_000
  private static let sampleBytesMax = 200

  /// What to write: first a sentence for each kind of which lines were left out, then the line, if it is admitted.
  public struct Admission: Sendable {
    public var isWritten = true
    public var omitted: [String] = []
  }

  private struct Span {
    let start: Int64
    var lines = 0
    var omitted = 0
    var sample = ""
  }

  private var spans: [String: Span] = [:]

  public init() {}

  public mutating func admit(_ kind: String, _ text: String, at now: Int64) -> Admission {
    var admission = Admission()
    for (kind, span) in spans where now - span.start >= Self.spanMilliseconds {
      spans[kind] = nil
      if span.omitted > 0 { admission.omitted.append("\(span.omitted) lines were left out that are like: \(span.sample)") }
    }
    admission.omitted.sort()
    var span = spans[kind] ?? Span(start: now)
    admission.isWritten = span.lines < Self.linesMax
    if admission.isWritten {
      span.lines += 1
    } else {
      if span.omitted == 0 { span.sample = String(decoding: text.utf8.prefix(Self.sampleBytesMax), as: UTF8.self) }
      span.omitted += 1
    }
    spans[kind] = span
    return admission
  }
}
