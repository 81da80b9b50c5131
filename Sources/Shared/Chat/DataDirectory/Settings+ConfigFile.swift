// The settings of the environment and of the settings file.
import Configuration
import Glibc
import Posix

extension Settings {
  /// The settings of this process: those of the environment, and of the file that `ECHOCHAT_CONFIG` names what the environment lacks. These
  /// become part of the environment, for the log and for programs that this one starts. Call before any thread is started.
  static func ofProcess() throws -> Settings {
    let environment = Process.environment()
    let file = try configFile(environment["ECHOCHAT_CONFIG"] ?? "")
    let settings = try Settings(environment: environment, file: file)
    for (name, value) in file where environment[name] == nil && !settings.unknownNames.contains(name) { setenv(name, value, 1) }
    // The log was opened before there was the file.
    if file["ECHOCHAT_LOG_FILE"] != nil { Log.reopen() }
    return settings
  }

  /// The usual file need not be there; `name` is another one, which must.
  private static func configFile(_ name: String) throws -> [String: String] {
    let path = name.isEmpty ? SettingsFile.standardPath : name
    let bytes: [UInt8]
    do throws(Errno) {
      bytes = try TextFile.bytes(path)
    } catch {
      if name.isEmpty && (error.code == ENOENT || error.code == ENOTDIR) { return [:] }
      let advice = error.code == EACCES ? "; run this as root, or as the service's user, or name another file in ECHOCHAT_CONFIG" : ""
      throw Invalid("the settings cannot be read: \(error)\(advice)")
    }
    return try SettingsFile(bytes, path: path).values
  }
}
