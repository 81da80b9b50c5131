// The header lines of a head (RFC 9112 section 5), looked up by name.
import HTTPSyntax

/// Names and values as places in one copy of the head. Names compare without regard to case; order is kept.
struct HeaderFields: Sendable {
  private struct Field {
    let name: Range<Int>
    let value: Range<Int>
  }

  private let head: [UInt8]
  private var fields: [Field] = []

  /// Reads a whole head as `HeadScanner` found it; also returns its first line.
  static func read(_ head: [UInt8]) throws(HandshakeError) -> (startLine: ArraySlice<UInt8>, HeaderFields) {
    var result = HeaderFields(head: head)
    var startLine: ArraySlice<UInt8>?
    for line in head.split(separator: ASCII.lineFeed) {
      let line = line.dropLast()  // its CR
      if line.isEmpty { break }
      if startLine == nil { startLine = line } else { try result.add(line) }
    }
    guard let startLine else { throw .badRequest("The first line is empty.") }
    return (startLine, result)
  }

  private init(head: [UInt8]) {
    self.head = head
  }

  private mutating func add(_ line: ArraySlice<UInt8>) throws(HandshakeError) {
    if line.first == ASCII.space || line.first == ASCII.tab { throw .badRequest("A header is folded over two lines.") }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .badRequest("A header line has no colon.") }
    guard ASCII.isToken(line[..<colon]) else { throw .badRequest("A header's name is not a token.") }
    let value = ASCII.trimmed(line[(colon + 1)...])
    fields.append(Field(name: line.startIndex..<colon, value: value.startIndex..<value.endIndex))
  }

  /// The values of all lines with this name, as they were sent.
  func values(_ name: String) -> [ArraySlice<UInt8>] {
    fields.filter { ASCII.equalIgnoringCase(head[$0.name], name.utf8) }.map { head[$0.value] }
  }

  /// The first line's value.
  func first(_ name: String) -> String? {
    fields.first { ASCII.equalIgnoringCase(head[$0.name], name.utf8) }.map { String(decoding: head[$0.value], as: UTF8.self) }
  }

  /// The elements of a comma-separated list that may be spread over several lines (RFC 9110 section 5.6.1); empty ones are left out.
  func list(_ name: String) -> [ArraySlice<UInt8>] {
    values(name).flatMap { $0.split(separator: UInt8(ascii: ",")).map(ASCII.trimmed) }.filter { !$0.isEmpty }
  }

  /// Whether that list contains `token`, without regard to case.
  func list(_ name: String, contains token: String) -> Bool {
    list(name).contains { ASCII.equalIgnoringCase($0, token.utf8) }
  }
}
