// Injects one fault into the received messages, to test that the run is then invalid. Only the benchmark's own tests use it.

/// Sits between the socket and the checks. It loses, duplicates or changes one message, or moves it behind the next one of its connection;
/// everything else passes unchanged.
struct FaultInjector {
  enum Kind: String, Decodable, Sendable {
    case lose, double, move, change
  }

  /// Unchanged messages before the fault.
  private static let passedMin = 60
  /// The fault hits one of the first messages of a room, so that others follow: the loss of the last one shows only by a timeout.
  private static let seqMax = 10

  private let kind: Kind
  private var passed = 0
  private var isInjected = false
  /// The connection whose message is held back, and the message.
  private var held: (connection: Int, text: [UInt8])?

  init(_ kind: Kind) {
    self.kind = kind
  }

  mutating func pass(_ connection: Int, _ text: UnsafeRawBufferPointer, _ handle: (Int, UnsafeRawBufferPointer) -> Void) {
    guard case .newMessage(_, let seq)? = ServerFrame.read(text) else { return handle(connection, text) }
    guard !isInjected, passed >= Self.passedMin, seq <= Self.seqMax else {
      passed += 1
      handle(connection, text)
      if let held, held.connection == connection {
        self.held = nil
        held.text.withUnsafeBytes { handle(connection, $0) }
      }
      return
    }
    isInjected = true
    switch kind {
    case .lose:
      break
    case .double:
      handle(connection, text)
      handle(connection, text)
    case .move:
      held = (connection, Array(text))
    case .change:
      var changed = Array(text)
      // Flips a bit in the middle of the content.
      if let quote = text.end(of: Self.content), let end = text[(quote + 1)...].firstIndex(of: UInt8(ascii: "\"")) {
        changed[(quote + end) / 2] ^= 1
      }
      changed.withUnsafeBytes { handle(connection, $0) }
    }
  }

  private static let content = Needle("ontent\":")
}
