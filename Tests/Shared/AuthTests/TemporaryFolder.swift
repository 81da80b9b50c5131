// A folder for one test, gone when the test is.

import Glibc

@testable import Auth

final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/echochat-auth-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("no temporary folder to be had") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  var names: [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func mode(_ name: String) -> mode_t {
    var status = stat()
    stat("\(path)/\(name)", &status)
    return status.st_mode & 0o7777
  }

  /// Puts a file there that only its owner can read, in place of any other.
  func write(_ name: String, _ text: String) {
    unlink("\(path)/\(name)")
    guard let file = try? OpenFile("\(path)/\(name)", O_WRONLY | O_CREAT | O_EXCL, mode: 0o600),
      (try? file.write(Array(text.utf8), name)) != nil
    else { fatalError("cannot write \(name)") }
  }

  func read(_ name: String) -> String? {
    guard let file = try? OpenFile("\(path)/\(name)", O_RDONLY), let bytes = try? file.contents(name, bytesMax: 1 << 20) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
