// An open file, closed when it goes out of scope.

internal import Glibc

struct OpenFile: ~Copyable {
  private let descriptor: Int32

  /// Nil if the system refuses; then `errno` says why.
  init?(_ path: String, _ flags: Int32, mode: mode_t = 0) {
    var opened: Int32
    repeat { opened = open(path, flags | O_CLOEXEC, mode) } while opened == -1 && errno == EINTR
    guard opened >= 0 else { return nil }
    descriptor = opened
  }

  deinit {
    close(descriptor)
  }

  func status(_ path: String) throws(KeyRingError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(path: path, operation: "stat", code: errno) }
    return status
  }

  /// Everything from here to the end; refused if that is more than `bytesMax`.
  func contents(_ path: String, bytesMax: Int) throws(KeyRingError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == -1 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(path: path, operation: "read", code: errno) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= bytesMax else { throw .malformed(path: path, line: 0, reason: "it has more than \(bytesMax) bytes") }
    }
  }

  func write(_ bytes: [UInt8], _ path: String) throws(KeyRingError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count == -1 && errno == EINTR { continue }
      guard count > 0 else { throw .system(path: path, operation: "write", code: errno) }
      rest = rest.dropFirst(count)
    }
  }

  func sync(_ path: String) throws(KeyRingError) {
    guard fsync(descriptor) == 0 else { throw .system(path: path, operation: "fsync", code: errno) }
  }

  /// Makes a new name in a folder outlast a power cut.
  static func syncFolder(of path: String) throws(KeyRingError) {
    let folder =
      switch path.utf8.lastIndex(of: UInt8(ascii: "/")) {
      case nil: "."
      case path.startIndex: "/"
      case let slash?: String(path[..<slash])
      }
    guard let opened = OpenFile(folder, O_RDONLY | O_DIRECTORY) else { throw .system(path: folder, operation: "open", code: errno) }
    try opened.sync(folder)
  }
}

enum SystemError {
  /// The system's own words for an errno.
  static func text(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}
