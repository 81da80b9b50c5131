// What commands print.
import Domain
import Glibc
import Posix
import Synchronization
import Wire

enum Output {
  /// Items that are read at a time.
  private static let pageMax = 200

  /// The error number of what could not be written; 0: everything was.
  private static let failure = Atomic<Int32>(0)

  /// Throws if something that was printed has not been written.
  static func check() throws {
    let number = failure.load(ordering: .relaxed)
    if number != 0 { throw Failure("standard output cannot be written: \(String(cString: strerror(number)))") }
  }

  /// Writes to standard output without a buffer: a program that waits for a line gets it at once. What could command a terminal is shown
  /// as �, no matter who wrote it.
  static func print(_ text: String) { write(Array(plain(text).utf8)) }

  /// Prints the fields of one item on a line, with tabs between them.
  static func row(_ fields: [String]) { print(line(fields)) }

  /// Prints one item, a line for each of its fields.
  static func details(_ fields: [(name: String, value: String)]) {
    let width = fields.map(\.name.count).max() ?? 0
    for (name, value) in fields { print("\(name)\(String(repeating: " ", count: width + 2 - name.count))\(field(value))\n") }
  }

  /// Prints one JSON value on a line.
  static func printJSON(_ value: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    value(&writer)
    write(json(writer) + [UInt8(ascii: "\n")])
  }

  /// Prints an array on a line.
  static func printJSON<Item>(_ items: [Item], _ value: (inout JSONWriter, Item) -> Void) {
    printJSON { json in
      json.array { json in
        for item in items { value(&json, item) }
      }
    }
  }

  /// Prints a list page by page: one line for each item, or a JSON array. `page` reads at most so many items after a cursor.
  static func list<Item>(
    asJSON: Bool, page: (_ cursor: Int64, _ limit: Int) throws -> [Item], cursor: (Item) -> Int64, json: (inout JSONWriter, Item) -> Void,
    row: (Item) -> [String]
  ) throws {
    var (last, isFirst) = (Int64(0), true)
    while true {
      let items = try page(last, pageMax)
      var bytes: [UInt8] = isFirst && asJSON ? Array("[".utf8) : []
      for item in items {
        if asJSON {
          if !isFirst { bytes += ",\n".utf8 }
          var writer = JSONWriter()
          json(&writer, item)
          bytes += Output.json(writer)
        } else {
          bytes += line(row(item)).utf8
        }
        isFirst = false
      }
      guard items.count == pageMax, let item = items.last else {
        return write(asJSON ? bytes + Array("]\n".utf8) : bytes)
      }
      write(bytes)
      last = cursor(item)
    }
  }

  /// Tells the operator something beside the result.
  static func note(_ text: String) { Log.warning(text) }

  /// A time in RFC 3339.
  static func text(_ time: Timestamp) -> String { String(decoding: time.rfc3339, as: UTF8.self) }

  private static func line(_ fields: [String]) -> String { fields.map(field).joined(separator: "\t") + "\n" }

  /// Lines for a terminal: other control characters than tabs and line breaks are shown as �.
  private static func plain(_ text: String) -> String { replacing(text) { $0.isControl && $0 != "\n" && $0 != "\t" } }

  /// A field of a line: it has neither tabs nor line breaks.
  static func field(_ text: String) -> String { replacing(text) { $0.isControl } }

  private static func replacing(_ text: String, _ isReplaced: (Unicode.Scalar) -> Bool) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isReplaced($0) ? "\u{fffd}" : $0 }))
  }

  /// The same value, in which control characters are escaped that JSON need not escape: they stand in texts alone.
  private static func json(_ writer: JSONWriter) -> [UInt8] {
    let text = String(decoding: writer.bytes, as: UTF8.self)
    guard text.unicodeScalars.contains(where: \.isControl) else { return writer.bytes }
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      if scalar.isControl {
        let digits = String(scalar.value, radix: 16)
        bytes += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
      } else {
        bytes += UTF8.encode(scalar).map { Array($0) } ?? []
      }
    }
    return bytes
  }

  private static func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return failure.store(errno, ordering: .relaxed) }
      rest = rest.dropFirst(count)
    }
  }
}
