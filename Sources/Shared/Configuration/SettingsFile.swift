// Reads the lines of a settings file, NAME=value.

/// What systemd (`EnvironmentFile=`, systemd.exec(5)) and Docker Compose (`env_file`) read alike: where they differ, as about a `$` outside of
/// single quotes, a line is refused, with its number. No error shows a value, which may be a secret.
public struct SettingsFile: Equatable, Sendable {
  /// Read if `ECHOCHAT_CONFIG` names no other file.
  public static let standardPath = "/etc/echochat/echochat.conf"
  public static let bytesMax = 64 << 10
  /// What a program needs before it reads the file: its name, and whether its memory is protected.
  private static let environmentOnly: Set<String> = ["ECHOCHAT_CONFIG", "ECHOCHAT_CORE_DUMPS"]

  public let values: [String: String]

  /// The content of the file at `path`, which only errors name.
  public init(_ bytes: [UInt8], path: String) throws(Settings.Invalid) {
    guard bytes.count <= Self.bytesMax else {
      throw Settings.Invalid("\(path) is larger than \(Self.bytesMax) bytes: is it a file of settings?")
    }
    var (values, numbers): ([String: String], [String: Int]) = ([:], [:])
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let number = index + 1
      do throws(Unreadable) {
        guard let (name, value) = try Self.setting(line) else { continue }
        if let earlier = numbers[name] { throw Unreadable("\(name) is set in line \(earlier) already") }
        guard !Self.environmentOnly.contains(name) else { throw Unreadable("\(name) is read from the environment alone") }
        (values[name], numbers[name]) = (value, number)
      } catch {
        throw Settings.Invalid("\(path), line \(number): \(error.reason)")
      }
    }
    self.values = values
  }

  /// Why a line cannot be read.
  private struct Unreadable: Error {
    let reason: String

    init(_ reason: String) {
      self.reason = reason
    }
  }

  /// Nil for an empty line and for a comment.
  private static func setting(_ bytes: ArraySlice<UInt8>) throws(Unreadable) -> (name: String, value: String)? {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Unreadable("this is not UTF-8 text") }
    let line = trimmed(text[...])
    guard let first = line.first else { return nil }
    if first == "#" {
      // systemd 252 takes the next line into the comment.
      guard line.last != "\\" else { throw Unreadable("a comment must not end with a backslash") }
      return nil
    }
    guard line.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f || $0 == "\t" }) else {
      throw Unreadable("there is a control character")
    }
    guard let equals = line.firstIndex(of: "="), isName(line[..<equals]) else {
      throw Unreadable("wanted NAME=value without a space before the =, or a comment that begins with #")
    }
    return (String(line[..<equals]), try value(trimmed(line[line.index(after: equals)...])))
  }

  private static func value(_ text: Substring) throws(Unreadable) -> String {
    switch text.first {
    case "'": return try singleQuoted(text.dropFirst())
    case "\"": return try doubleQuoted(text.dropFirst())
    default:
      // A # after a space begins a comment for Compose, and is part of the value for systemd.
      let isPlain = !text.contains { "'\"\\$`".contains($0) } && !text.contains(" #") && !text.contains("\t#")
      guard isPlain else { throw Unreadable("a value with a quote, a backslash, $, ` or # after a space belongs in single quotes") }
      return String(text)
    }
  }

  private static func singleQuoted(_ text: Substring) throws(Unreadable) -> String {
    guard let end = text.firstIndex(of: "'") else { throw Unreadable("the closing ' is missing in this line") }
    guard text[text.index(after: end)...].isEmpty else { throw Unreadable("nothing may follow the closing '") }
    return String(text[..<end])
  }

  /// `\"` and `\\` stand for the characters themselves.
  private static func doubleQuoted(_ text: Substring) throws(Unreadable) -> String {
    var (value, rest) = ("", text)
    while let character = rest.popFirst() {
      switch character {
      case "\"":
        guard rest.isEmpty else { throw Unreadable("nothing may follow the closing \"") }
        return value
      case "\\":
        guard let escaped = rest.popFirst(), escaped == "\"" || escaped == "\\" else {
          throw Unreadable("in double quotes a backslash stands before \" or \\ alone; single quotes take it as it is")
        }
        value.append(escaped)
      case "$", "`": throw Unreadable("a value with $ or ` belongs in single quotes")
      default: value.append(character)
      }
    }
    throw Unreadable("the closing \" is missing in this line")
  }

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x5f }
  }

  /// Without spaces, tabs and carriage returns around it.
  private static func trimmed(_ text: Substring) -> Substring {
    let isSpace = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" || scalar == "\r" }
    let scalars = text.unicodeScalars.drop(while: isSpace)
    guard let last = scalars.lastIndex(where: { !isSpace($0) }) else { return "" }
    return Substring(scalars[...last])
  }
}
