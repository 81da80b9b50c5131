// A directory for one test, removed after it.
import Glibc
import Posix

public final class TemporaryDirectory: Sendable {
  public let path: String

  public init() {
    var template = Array("/tmp/echochat-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("cannot create a temporary directory") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { Self.remove(path) }

  /// Removes a file, or a directory and its contents.
  public static func remove(_ path: String) {
    for name in names(in: path) { remove(path + "/" + name) }
    if unlink(path) != 0 { rmdir(path) }
  }

  public static func names(in path: String) -> [String] {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [] }
    return fileNames(in: path).sorted()
  }

  /// Writes a file, replacing an existing one.
  public static func write(_ bytes: [UInt8], to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0, Glibc.write(file, bytes, bytes.count) == bytes.count else { fatalError("cannot write \(path)") }
    close(file)
  }
}
