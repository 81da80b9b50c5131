// The log: one line per fact on standard error, for the operator's journal.
import Glibc
import Synchronization

/// The levels are systemd's (sd-daemon(3)): journald reads the priority of a line from its prefix.
public enum Log {
  public static func error(_ text: String) { write("<3>", text) }
  public static func warning(_ text: String) { write("<4>", text) }
  public static func info(_ text: String) { write("<6>", text) }

  private static let verbose = Atomic(false)

  /// Whether debug lines are written; set by a program at its start, from its settings.
  public static var isVerbose: Bool {
    get { verbose.load(ordering: .relaxed) }
    set { verbose.store(newValue, ordering: .relaxed) }
  }

  /// Written only to a verbose log; otherwise `text` is not even composed.
  public static func debug(_ text: @autoclosure () -> String) {
    if isVerbose { write("<7>", text()) }
  }

  /// Replaces line breaks and control bytes, so that nothing a client sends can forge a line. At most 2,000 bytes.
  private static func write(_ prefix: String, _ text: String) {
    var line = Array(prefix.utf8)
    for byte in text.utf8.prefix(2000) { line.append(byte < 0x20 || byte == 0x7f ? UInt8(ascii: "?") : byte) }
    line.append(UInt8(ascii: "\n"))
    line.withUnsafeBytes { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
