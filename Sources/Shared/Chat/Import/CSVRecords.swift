// Reads comma-separated values (RFC 4180), a byte at a time.
import Domain

/// Lines may end with LF alone. Everything has a bound; blank lines are passed over.
struct CSVRecords {
  static let fieldBytesMax = 4096
  static let fieldsMax = 32

  private enum State {
    case fieldStart, unquoted, quoted
    /// After a quote in a quoted field: the field's end, or the first half of a quote.
    case quoteInQuoted
    /// After a CR, which an LF must follow.
    case carriageReturn
  }

  private var state = State.fieldStart
  private var field: [UInt8] = []
  private var fields: [String] = []
  private var wasQuoted = false
  /// The line of the next byte, from 1.
  private var line = 1
  private var isFirstOfRecord = true
  /// The line on which the record began that was read last.
  private(set) var recordLine = 1

  /// Reads the next byte. Returns a record if the byte ends one. Throws `malformed_request` with what is wrong.
  mutating func read(_ byte: UInt8) throws(ChatError) -> [String]? {
    if isFirstOfRecord {
      recordLine = line
      isFirstOfRecord = false
    }
    if byte == UInt8(ascii: "\n") { line += 1 }
    switch (state, byte) {
    case (.quoted, UInt8(ascii: "\"")):
      state = .quoteInQuoted
    case (.quoted, _):
      try append(byte)
    case (.quoteInQuoted, UInt8(ascii: "\"")):
      try append(byte)
      state = .quoted
    case (.carriageReturn, UInt8(ascii: "\n")), (.fieldStart, UInt8(ascii: "\n")), (.unquoted, UInt8(ascii: "\n")),
      (.quoteInQuoted, UInt8(ascii: "\n")):
      return try endRecord()
    case (.carriageReturn, _):
      throw fault("a carriage return stands alone")
    case (_, UInt8(ascii: "\r")):
      state = .carriageReturn
    case (_, UInt8(ascii: ",")):
      try endField()
      state = .fieldStart
    case (.fieldStart, UInt8(ascii: "\"")):
      wasQuoted = true
      state = .quoted
    case (.quoteInQuoted, _):
      throw fault("something follows a quoted field")
    case (_, UInt8(ascii: "\"")):
      throw fault("a quote stands in a field that does not begin with one")
    default:
      try append(byte)
      state = .unquoted
    }
    return nil
  }

  /// The file ends here. Returns the last record, if its line has no end.
  mutating func end() throws(ChatError) -> [String]? {
    switch state {
    case .quoted: throw fault("a quoted field does not end")
    case .carriageReturn: throw fault("a carriage return stands alone")
    case .fieldStart where fields.isEmpty: return nil
    default: return try endRecord()
    }
  }

  private mutating func append(_ byte: UInt8) throws(ChatError) {
    guard field.count < Self.fieldBytesMax else { throw fault("a field has more than \(Self.fieldBytesMax) bytes") }
    field.append(byte)
  }

  private mutating func endField() throws(ChatError) {
    guard fields.count < Self.fieldsMax else { throw fault("a record has more than \(Self.fieldsMax) fields") }
    guard let text = String(validating: field, as: UTF8.self) else { throw fault("a field is not UTF-8 text") }
    fields.append(text)
    field.removeAll(keepingCapacity: true)
  }

  private mutating func endRecord() throws(ChatError) -> [String]? {
    try endField()
    defer { (fields, wasQuoted) = ([], false) }
    state = .fieldStart
    isFirstOfRecord = true
    return fields == [""] && !wasQuoted ? nil : fields
  }

  private func fault(_ detail: String) -> ChatError { ChatError(.malformedRequest, detail) }
}
