// What commands print.
import Domain
import Glibc
import Posix
import Wire

enum Output {
  /// Items that are read at a time.
  private static let pageMax = 200

  /// Writes to standard output without a buffer: a program that waits for a line gets it at once.
  static func print(_ text: String) { write(Array(text.utf8)) }

  /// Prints one JSON value on a line.
  static func printJSON(_ value: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    value(&writer)
    write(writer.bytes + [UInt8(ascii: "\n")])
  }

  /// Prints a list page by page: one line for each item, or a JSON array. `page` reads at most so many items after a cursor.
  static func list<Item>(
    asJSON: Bool, page: (_ cursor: Int64, _ limit: Int) throws -> [Item], cursor: (Item) -> Int64, json: (inout JSONWriter, Item) -> Void,
    line: (Item) -> String
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
          bytes += writer.bytes
        } else {
          bytes += (line(item) + "\n").utf8
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

  /// What a user wrote, for a terminal: control characters could command it, and are shown as �.
  static func plain(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      switch scalar.value {
      case 0x0a: scalar
      case 0..<0x20, 0x7f...0x9f, 0x202a...0x202e, 0x2066...0x2069: "\u{fffd}"
      default: scalar
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  private static func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
