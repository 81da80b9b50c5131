// The settings of files: how much users may store, how long files wait to be attached, and who checks them.
public import Domain

public struct FileSettings: Equatable, Sendable {
  /// `ECHOCHAT_FILE_BYTES_MAX`, `ECHOCHAT_FILES_PER_USER_BYTES` and `ECHOCHAT_FILES_TOTAL_BYTES`.
  public var limits = FileLimits()
  /// `ECHOCHAT_UNATTACHED_KEEP`: seconds until a file that is in no message is deleted, and what an upload that was cut off has left.
  public var unattachedKeepSeconds: Int64 = 24 * 3600
  /// `ECHOCHAT_UPLOAD_CHECK`: the program that each upload is shown to, and its arguments; empty: none.
  public var checkCommand: [String] = []

  public init() {}
}

extension SettingsReader {
  func files(_ standard: FileSettings) throws(Settings.Invalid) -> FileSettings {
    var files = standard
    files.limits.fileBytesMax = try integer("ECHOCHAT_FILE_BYTES_MAX", files.limits.fileBytesMax, 1024...1 << 40)
    files.limits.perUserBytes = try bytesOrOff("ECHOCHAT_FILES_PER_USER_BYTES", files.limits.perUserBytes)
    files.limits.totalBytes = try bytesOrOff("ECHOCHAT_FILES_TOTAL_BYTES", files.limits.totalBytes)
    files.unattachedKeepSeconds = try duration("ECHOCHAT_UNATTACHED_KEEP", files.unattachedKeepSeconds, 1...365 * 86_400)
    files.checkCommand = (text("ECHOCHAT_UPLOAD_CHECK") ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    if let program = files.checkCommand.first, !program.hasPrefix("/") {
      throw invalid("ECHOCHAT_UPLOAD_CHECK", "the path of a program from the root, and arguments separated by spaces")
    }
    return files
  }

  private func bytesOrOff(_ name: String, _ standard: Int64?) throws(Settings.Invalid) -> Int64? {
    if text(name) == "off" { return nil }
    guard let standard else { return nil }
    return try integer(name, standard, 4096...1 << 50)
  }
}
