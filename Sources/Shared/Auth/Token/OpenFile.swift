// File access for the key ring, with errors that name the file.

internal import Glibc
internal import Posix

struct OpenFile: ~Copyable {
  private let descriptor: FileDescriptor

  init(_ path: String, _ flags: Int32, mode: mode_t = 0, operation: String = "open") throws(KeyRingError) {
    descriptor = FileDescriptor(owning: try Self.call(operation, path) { open(path, flags | O_CLOEXEC, mode) })
  }

  func status(_ path: String) throws(KeyRingError) -> stat {
    var status = stat()
    let number = descriptor.number
    try Self.call("stat", path) { fstat(number, &status) }
    return status
  }

  /// The bytes from here to the end; throws if there are more than `bytesMax`.
  func contents(_ path: String, bytesMax: Int) throws(KeyRingError) -> [UInt8] {
    let number = descriptor.number
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = try Self.call("read", path) { Glibc.read(number, &chunk, chunk.count) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= bytesMax else { throw .malformed(path: path, line: 0, reason: "it has more than \(bytesMax) bytes") }
    }
  }

  func write(_ bytes: [UInt8], _ path: String) throws(KeyRingError) {
    let number = descriptor.number
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try Self.call("write", path) { rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) } }
      rest = rest.dropFirst(count)
    }
  }

  func sync(_ path: String) throws(KeyRingError) {
    let number = descriptor.number
    try Self.call("fsync", path) { fsync(number) }
  }

  /// Makes a new name in a directory survive a power failure.
  static func syncDirectory(of path: String) throws(KeyRingError) {
    let directory =
      switch path.utf8.lastIndex(of: UInt8(ascii: "/")) {
      case nil: "."
      case path.startIndex: "/"
      case let slash?: String(path[..<slash])
      }
    try OpenFile(directory, O_RDONLY | O_DIRECTORY).sync(directory)
  }

  @discardableResult
  private static func call<Result: SignedInteger>(
    _ operation: String, _ path: String, _ body: () -> Result
  ) throws(KeyRingError) -> Result {
    do throws(Errno) {
      return try check(operation, body)
    } catch {
      throw .system(path: path, operation: operation, code: error.code)
    }
  }
}
