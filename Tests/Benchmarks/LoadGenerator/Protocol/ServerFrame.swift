// The parts of a server's text frame that the checks need.

enum ServerFrame {
  /// `new_message`, with its position in the journal and its seq in the room.
  case newMessage(id: Int, seq: Int)
  /// Another durable event.
  case durable(id: Int)
  /// The reply to `send_message`, with the generator's message number and the seq.
  case ok(ref: Int, seq: Int)
  case welcome
  case error
  /// Presence, for example.
  case ephemeral

  private static let event = Needle("\"event\":")
  private static let id = Needle("\"id\":")
  private static let ref = Needle("\"ref\":\"")
  private static let seq = Needle("\"seq\":")
  private static let newMessageName = Needle("\"new_mes")
  private static let welcomeName = Needle("\"welcome")
  private static let okName = Needle("\"ok\"")
  private static let errorName = Needle("\"error\"")

  /// Parses a frame; nil if it does not follow the contract.
  @inline(__always)
  static func read(_ text: UnsafeRawBufferPointer) -> ServerFrame? {
    guard let name = text.end(of: event) else { return nil }
    if text.has(newMessageName, at: name) {
      guard let start = text.end(of: id, from: name), let id = text.number(at: start),
        let seqStart = text.end(of: seq, from: id.end), let seq = text.number(at: seqStart)
      else { return nil }
      return .newMessage(id: id.value, seq: seq.value)
    }
    return readOther(text, name)
  }

  private static func readOther(_ text: UnsafeRawBufferPointer, _ name: Int) -> ServerFrame? {
    if text.has(okName, at: name) {
      guard let start = text.end(of: ref, from: name), let ref = text.number(at: start),
        let seqStart = text.end(of: seq, from: ref.end), let seq = text.number(at: seqStart)
      else { return nil }
      return .ok(ref: ref.value, seq: seq.value)
    }
    if text.has(welcomeName, at: name) { return .welcome }
    if text.has(errorName, at: name) { return .error }
    guard let start = text.end(of: id, from: name), let id = text.number(at: start) else { return .ephemeral }
    return .durable(id: id.value)
  }
}
