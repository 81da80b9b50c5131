// Splits a JSON array, or JSON lines, into its objects, a byte at a time.
import Domain

/// What stands between the objects is checked here; the objects themselves are for the reader of JSON.
struct JSONRecords {
  static let objectBytesMax = 64 << 10

  private enum State {
    case beforeFirst
    /// JSON lines: the next object, or the end.
    case betweenLines
    /// In an array, where an object must follow, one may, or none.
    case needsObject, mayHaveObject, afterObject
    case afterArray
  }

  private var state = State.beforeFirst
  private var object: [UInt8] = []
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var line = 1
  /// The line on which the object began that was read last.
  private(set) var recordLine = 1

  /// Reads the next byte. Returns an object if the byte ends one. Throws `malformed_request` with what is wrong.
  mutating func read(_ byte: UInt8) throws(ChatError) -> [UInt8]? {
    if byte == UInt8(ascii: "\n") { line += 1 }
    guard depth == 0 else { return try readInside(byte) }
    switch (state, byte) {
    case (_, 0x20), (_, 0x09), (_, 0x0a), (_, 0x0d):
      break
    case (.beforeFirst, UInt8(ascii: "[")):
      state = .mayHaveObject
    case (.beforeFirst, UInt8(ascii: "{")), (.betweenLines, UInt8(ascii: "{")):
      begin()
      state = .betweenLines
    case (.needsObject, UInt8(ascii: "{")), (.mayHaveObject, UInt8(ascii: "{")):
      begin()
      state = .afterObject
    case (.afterObject, UInt8(ascii: ",")):
      state = .needsObject
    case (.afterObject, UInt8(ascii: "]")), (.mayHaveObject, UInt8(ascii: "]")):
      state = .afterArray
    default:
      recordLine = line
      throw ChatError(.malformedRequest, "here must be an object of a JSON array, or of JSON lines")
    }
    return nil
  }

  private mutating func begin() {
    recordLine = line
    object = [UInt8(ascii: "{")]
    depth = 1
  }

  private mutating func readInside(_ byte: UInt8) throws(ChatError) -> [UInt8]? {
    guard object.count < Self.objectBytesMax else {
      throw ChatError(.malformedRequest, "an object has more than \(Self.objectBytesMax) bytes")
    }
    object.append(byte)
    if isEscaped {
      isEscaped = false
    } else if isInString {
      if byte == UInt8(ascii: "\\") { isEscaped = true }
      if byte == UInt8(ascii: "\"") { isInString = false }
    } else {
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
    }
    return depth == 0 ? object : nil
  }

  /// The file ends here. Throws if an object or the array does not.
  func end() throws(ChatError) {
    guard depth == 0 else { throw ChatError(.malformedRequest, "an object does not end") }
    switch state {
    case .beforeFirst, .betweenLines, .afterArray: return
    case .needsObject, .mayHaveObject, .afterObject: throw ChatError(.malformedRequest, "the array does not end")
    }
  }
}
