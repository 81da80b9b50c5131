// Finds the end of an HTTP/1.1 head that arrives in pieces, and refuses early what can never become one.
import HTTPSyntax

/// Looks at every byte once, however often more of them arrive: a client that sends its head byte by byte costs no more than one that does not.
struct HeadScanner: Sendable {
  /// Bytes of a head, the empty line included.
  static let maxHeadBytes = 8 * 1024
  /// Lines between the first line and the empty one.
  static let maxHeaderLines = 64

  enum Result: Equatable {
    case needMore
    /// How many bytes the head has, the empty line included.
    case complete(size: Int)
    case refused(HandshakeError)
  }

  private var scanned = 0
  private var lineStart = 0
  private var lines = 0

  /// `bytes` is everything received so far, from the first byte on.
  mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Result {
    while scanned < bytes.count {
      let index = scanned
      guard index < Self.maxHeadBytes else {
        return .refused(HandshakeError(431, "The request head is longer than \(Self.maxHeadBytes) bytes."))
      }
      let byte = bytes[index]
      let followsReturn = index > lineStart && bytes[index - 1] == ASCII.carriageReturn
      // A lone CR or LF is a line end to some programs and none to others: that difference is how requests are smuggled.
      guard (byte == ASCII.lineFeed) == followsReturn else { return .refused(.badRequest("A line does not end with CR LF.")) }
      scanned += 1
      if byte == ASCII.lineFeed {
        let isEmpty = index - lineStart == 1
        guard !isEmpty || lines > 0 else { return .refused(.badRequest("The first line is empty.")) }
        if isEmpty { return .complete(size: scanned) }
        lines += 1
        lineStart = scanned
        guard lines <= 1 + Self.maxHeaderLines else {
          return .refused(HandshakeError(431, "There are more than \(Self.maxHeaderLines) header lines."))
        }
      } else if byte != ASCII.carriageReturn, ASCII.isForbiddenControl(byte) {
        return .refused(.badRequest("The head contains a control character."))
      }
    }
    return .needMore
  }
}
