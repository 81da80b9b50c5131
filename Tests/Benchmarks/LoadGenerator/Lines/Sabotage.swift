// A wire that lies once: the control that shows a run with a flaw to be void. Only the benchmark's own tests ask for it.

/// Stands between the socket and whoever checks. One message is lost, doubled, moved behind the next one of its line, or changed; everything
/// else goes through as it came.
struct Sabotage {
  enum Kind: String, Decodable, Sendable {
    case lose, double, move, change
  }

  /// Messages that arrive as they are before the one that does not.
  private static let honestMin = 60
  /// It is one of a room's first, so that others follow: the loss of the last one is noticed too, but only by waiting in vain.
  private static let seqMax = 10

  private let kind: Kind
  private var honest = 0
  private var hasStruck = false
  /// The line whose message is held back, and the message.
  private var held: (line: Int, text: [UInt8])?

  init(_ kind: Kind) {
    self.kind = kind
  }

  mutating func pass(_ line: Int, _ text: UnsafeRawBufferPointer, _ heard: (Int, UnsafeRawBufferPointer) -> Void) {
    guard case .news(_, let seq)? = Heard.read(text) else { return heard(line, text) }
    guard !hasStruck, honest >= Self.honestMin, seq <= Self.seqMax else {
      honest += 1
      heard(line, text)
      if let held, held.line == line {
        self.held = nil
        held.text.withUnsafeBytes { heard(line, $0) }
      }
      return
    }
    hasStruck = true
    switch kind {
    case .lose:
      break
    case .double:
      heard(line, text)
      heard(line, text)
    case .move:
      held = (line, Array(text))
    case .change:
      var changed = Array(text)
      // A message in the middle of what was said.
      if let quote = text.end(of: Self.content), let end = text[(quote + 1)...].firstIndex(of: UInt8(ascii: "\"")) {
        changed[(quote + end) / 2] ^= 1
      }
      changed.withUnsafeBytes { heard(line, $0) }
    }
  }

  private static let content = Needle("ontent\":")
}
