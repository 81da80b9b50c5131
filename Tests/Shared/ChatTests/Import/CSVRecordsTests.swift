// Comma-separated values by RFC 4180.
import Domain
import TestSupport
import Testing

@testable import Chat

@Suite struct CSVRecordsTests {
  private static func read(_ text: String) throws(ChatError) -> [[String]] {
    var (records, found) = (CSVRecords(), [[String]]())
    for byte in text.utf8 { if let record = try records.read(byte) { found.append(record) } }
    if let record = try records.end() { found.append(record) }
    return found
  }

  private static let cases: [(String, [[String]])] = [
    ("", []), ("\n", []), ("a", [["a"]]), ("a\n", [["a"]]), ("a\r\n", [["a"]]), ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]),
    (",", [["", ""]]), (",\n,", [["", ""], ["", ""]]), ("\n\r\n\na\n\n", [["a"]]),
    ("\"a\"", [["a"]]), ("\"\"", [[""]]), ("\"\"\n", [[""]]), ("\"a\"\"b\"", [["a\"b"]]), ("\"\"\"\"", [["\""]]),
    ("\"a,b\nc\r\nd\",e", [["a,b\nc\r\nd", "e"]]), (" a , \u{e9}\u{1F468}", [[" a ", " \u{e9}\u{1F468}"]]), ("a\u{0}b", [["a\u{0}b"]]),
  ]

  @Test(arguments: cases)
  func `fields are separated by commas, and quoted ones hold anything`(_ text: String, _ records: [[String]]) throws {
    #expect(try Self.read(text) == records)
  }

  @Test(arguments: [
    "a\rb", "a\r", "\"a", "\"a\"b", "a\"b\"", "\"a\" ,b", "\"a\n", String(repeating: "x", count: 4097), String(repeating: ",", count: 32),
  ])
  func `what is not by the rules is refused`(_ text: String) {
    #expect(throws: ChatError.self) { try Self.read(text) }
  }

  @Test func `bytes that are no text are refused, and the line of each record is known`() throws {
    var records = CSVRecords()
    var lines: [Int] = []
    for byte in "a\n\"b\nc\"\n\nd\n".utf8 where try records.read(byte) != nil { lines.append(records.recordLine) }
    #expect(lines == [1, 2, 5])
    #expect(throws: ChatError.self) {
      for byte in [0x61, 0xff, 0x0a] as [UInt8] { _ = try records.read(byte) }
    }
  }

  @Test func `what is written by the rules is read back, whatever the fields hold`() throws {
    var random = SplitMix(seed: 1)
    let pieces = ["a", ",", "\"", "\n", "\r\n", "\r", " ", "\u{e9}", "\u{1F468}\u{200D}", ""]
    for _ in 0..<500 {
      let records = (0..<random.int(1...5)).map { _ in
        (0..<random.int(2...4)).map { _ in (0..<random.int(0...6)).map { _ in random.pick(pieces) }.joined() }
      }
      let text = records.map { $0.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",") }
        .joined(separator: random.pick(["\n", "\r\n"]))
      #expect(try Self.read(text) == records)
    }
  }
}
