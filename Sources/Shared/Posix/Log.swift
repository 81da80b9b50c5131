// The log: one line per fact on standard error, for the operator's journal.
import Glibc
import Synchronization

/// The levels are systemd's (sd-daemon(3)): journald reads the priority of a line from its prefix.
public enum Log {
  public static func error(_ text: String, file: StaticString = #fileID, line: Int = #line) { write("<3>", text, file, line) }
  public static func warning(_ text: String, file: StaticString = #fileID, line: Int = #line) { write("<4>", text, file, line) }
  public static func info(_ text: String, file: StaticString = #fileID, line: Int = #line) { write("<6>", text, file, line) }

  private static let limiter = Lock(LogLimiter())
  private static let verbose = Atomic(false)

  /// Whether debug lines are written; set by a program at its start, from its settings.
  public static var isVerbose: Bool {
    get { verbose.load(ordering: .relaxed) }
    set { verbose.store(newValue, ordering: .relaxed) }
  }

  /// Written only to a verbose log, however often; otherwise `text` is not even composed.
  public static func debug(_ text: @autoclosure () -> String) {
    if isVerbose { write("<7>", text()) }
  }

  /// What is logged at one place of the source is of one kind: of one kind only so many lines are written, and how many were left out.
  private static func write(_ prefix: String, _ text: String, _ file: StaticString, _ line: Int) {
    let admission = limiter.withLock { $0.admit("\(file):\(line)", text, at: Clock.monotonicNanoseconds() / 1_000_000) }
    for sentence in admission.omitted { write(prefix, sentence) }
    if admission.isWritten { write(prefix, text) }
  }

  /// Opens the file of the setting `ECHOCHAT_LOG_FILE` as standard output and error, anew if it was open already: for the next line after
  /// it was renamed. Without the setting, or if that fails, the log stays where it is.
  public static func reopen() {
    guard let name = getenv("ECHOCHAT_LOG_FILE"), name.pointee != 0 else { return }
    let file = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { return error("\(Errno("open \(String(cString: name))"))") }
    dup2(file, STDOUT_FILENO)
    dup2(file, STDERR_FILENO)
    close(file)
  }

  /// Replaces line breaks and control bytes, so that nothing a client sends can forge a line. At most 2,000 bytes.
  private static func write(_ prefix: String, _ text: String) {
    var line = Array(prefix.utf8)
    for byte in text.utf8.prefix(2000) { line.append(byte < 0x20 || byte == 0x7f ? UInt8(ascii: "?") : byte) }
    line.append(UInt8(ascii: "\n"))
    line.withUnsafeBytes { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
