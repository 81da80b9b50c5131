// One line a fact on standard error, for the operator's journal.
import Glibc

/// Levels are systemd's (sd-daemon(3)): the prefix tells journald how loud a line is.
package enum Log {
  package static func error(_ text: String) { write("<3>", text) }
  package static func warning(_ text: String) { write("<4>", text) }
  package static func info(_ text: String) { write("<6>", text) }

  /// Line breaks and control bytes are replaced, so that nothing a client sends can forge a line; at most 2,000 bytes.
  private static func write(_ prefix: String, _ text: String) {
    var line = Array(prefix.utf8)
    for byte in text.utf8.prefix(2000) { line.append(byte < 0x20 || byte == 0x7f ? UInt8(ascii: "?") : byte) }
    line.append(UInt8(ascii: "\n"))
    line.withUnsafeBytes { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
