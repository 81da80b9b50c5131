// What a text frame from the server says, as far as a run needs to know.

enum Heard {
  /// `new_message`, with its position in the log and its place in the room.
  case news(id: Int, seq: Int)
  /// Another durable event.
  case durable(id: Int)
  /// A reply to `send_message`, with our number for it and its place in the room.
  case ok(ref: Int, seq: Int)
  case welcome
  case error
  /// Presence and the like.
  case fleeting

  private static let event = Needle("\"event\":")
  private static let id = Needle("\"id\":")
  private static let ref = Needle("\"ref\":\"")
  private static let seq = Needle("\"seq\":")
  private static let newMessage = Needle("\"new_mes")
  private static let welcomeWord = Needle("\"welcome")
  private static let okWord = Needle("\"ok\"")
  private static let errorWord = Needle("\"error\"")

  /// Nil if the frame is not what the contract says.
  @inline(__always)
  static func read(_ text: UnsafeRawBufferPointer) -> Heard? {
    guard let word = text.end(of: event) else { return nil }
    if text.has(newMessage, at: word) {
      guard let start = text.end(of: id, from: word), let id = text.number(at: start),
        let place = text.end(of: seq, from: id.end), let seq = text.number(at: place)
      else { return nil }
      return .news(id: id.value, seq: seq.value)
    }
    return readOther(text, word)
  }

  private static func readOther(_ text: UnsafeRawBufferPointer, _ word: Int) -> Heard? {
    if text.has(okWord, at: word) {
      guard let start = text.end(of: ref, from: word), let ref = text.number(at: start),
        let place = text.end(of: seq, from: ref.end), let seq = text.number(at: place)
      else { return nil }
      return .ok(ref: ref.value, seq: seq.value)
    }
    if text.has(welcomeWord, at: word) { return .welcome }
    if text.has(errorWord, at: word) { return .error }
    guard let start = text.end(of: id, from: word), let id = text.number(at: start) else { return .fleeting }
    return .durable(id: id.value)
  }
}
