// The log: one line per fact on standard error, for the operator's journal, terminal or file.
import Glibc
import Synchronization

/// If standard error is systemd's journal, a line begins with its priority, as journald reads it (sd-daemon(3)); anywhere else, on a terminal,
/// in a file or in a pipe, with its level as a word. Words come first, then what varies, as ` name=value`.
public enum Log {
  public enum Level: Int, Sendable {
    case error = 3
    case warning = 4
    case info = 6
    case debug = 7

    /// What a line of this level begins with.
    func prefix(isJournal: Bool) -> String {
      if isJournal { return "<\(rawValue)>" }
      return self == .info ? "" : "\(self): "
    }
  }

  /// What a line says in numbers and names, beside its words.
  public typealias Fields = KeyValuePairs<StaticString, any CustomStringConvertible>

  public static func error(_ text: String, _ fields: Fields = [:], file: StaticString = #fileID, line: Int = #line) {
    write(.error, text, fields, file, line)
  }
  public static func warning(_ text: String, _ fields: Fields = [:], file: StaticString = #fileID, line: Int = #line) {
    write(.warning, text, fields, file, line)
  }
  public static func info(_ text: String, _ fields: Fields = [:], file: StaticString = #fileID, line: Int = #line) {
    write(.info, text, fields, file, line)
  }

  private static let limiter = Lock(LogLimiter())
  private static let leastLevel = Atomic(Level.info.rawValue)
  private static let bearsPriorities = Atomic(isJournal(STDERR_FILENO))

  private static let errors = Counter()
  private static let warnings = Counter()

  /// The levels of which lines are counted.
  static let countedLevels: [Level] = [.error, .warning]

  /// How many lines of a level there were since the program was started, those included that were left out.
  static func count(of level: Level) -> Int { level == .error ? errors.value : warnings.value }

  /// The least level of the lines that are written; set by a program at its start, from its settings.
  public static var level: Level {
    get { Level(rawValue: leastLevel.load(ordering: .relaxed)) ?? .info }
    set { leastLevel.store(newValue.rawValue, ordering: .relaxed) }
  }

  /// Whether debug lines are written.
  public static var isVerbose: Bool { leastLevel.load(ordering: .relaxed) >= Level.debug.rawValue }

  /// Written only to a verbose log, however often; otherwise neither `text` nor `fields` are even composed.
  public static func debug(_ text: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    if isVerbose { write(.debug, line(text(), fields())) }
  }

  /// What is logged at one place of the source is of one kind: of one kind only so many lines are written, and how many were left out.
  private static func write(_ level: Level, _ text: String, _ fields: Fields, _ file: StaticString, _ line: Int) {
    if countedLevels.contains(level) { (level == .error ? errors : warnings).add() }
    guard level.rawValue <= leastLevel.load(ordering: .relaxed) else { return }
    let text = self.line(text, fields)
    let admission = limiter.withLock { $0.admit("\(file):\(line)", text, at: Clock.monotonicNanoseconds() / 1_000_000) }
    for sentence in admission.omitted { write(level, sentence) }
    if admission.isWritten { write(level, text) }
  }

  /// The words, then ` name=value` for each field; a value that could be misread is in quotes.
  static func line(_ text: String, _ fields: Fields) -> String {
    fields.reduce(text) { line, field in
      let value = field.value.description
      let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > UInt8(ascii: " ") && !"\"=\\".utf8.contains($0) }
      let quoted = "\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
      return "\(line) \(field.key)=\(isPlain ? value : quoted)"
    }
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
    bearsPriorities.store(isJournal(STDERR_FILENO), ordering: .relaxed)
  }

  /// Whether a descriptor leads to systemd's journal: it has the device and inode that `JOURNAL_STREAM` names (systemd.exec(5)). The variable
  /// alone says nothing, since it is inherited by programs whose output goes elsewhere.
  static func isJournal(_ descriptor: Int32, stream: String? = getenv("JOURNAL_STREAM").map({ String(cString: $0) })) -> Bool {
    guard let numbers = stream?.split(separator: ":", omittingEmptySubsequences: false).map({ UInt64($0) }), numbers.count == 2 else {
      return false
    }
    var status = stat()
    return fstat(descriptor, &status) == 0 && numbers[0] == UInt64(status.st_dev) && numbers[1] == UInt64(status.st_ino)
  }

  /// Replaces control characters, so that nothing a client sends can forge a line or command a terminal. At most 2,000 bytes.
  private static func write(_ level: Level, _ text: String) {
    var line = Array(level.prefix(isJournal: bearsPriorities.load(ordering: .relaxed)).utf8)
    for scalar in String(decoding: text.utf8.prefix(2000), as: UTF8.self).unicodeScalars {
      let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
      line += isControl ? [UInt8(ascii: "?")] : Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
    line.append(UInt8(ascii: "\n"))
    line.withUnsafeBytes { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
