// Reads a file as an upload is read, for tests: prints what it is, and copies it without its metadata.
import Glibc
import Media
import Posix

/// `echochat-media FILE COPY` prints a line of JSON. Status 1 and a sentence on standard error: the file is not sound.
@main
struct MediaProbe {
  static func main() {
    guard CommandLine.arguments.count == 3 else { fail("usage: echochat-media FILE COPY", status: 64) }
    do {
      try run(CommandLine.arguments[1], CommandLine.arguments[2])
    } catch MediaError.malformed(let reason) {
      fail(reason, status: 1)
    } catch {
      fail("\(error)", status: 2)
    }
  }

  private static func run(_ path: String, _ copyPath: String) throws {
    let source = try FileSource(owning: FileDescriptor(owning: try check("open \(path)") { open(path, O_RDONLY | O_CLOEXEC) }))
    let type = try FileType.detect(source)
    let size = try ImageSize.read(source, type)
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    let sink = FileSink(owning: FileDescriptor(owning: try check("open \(copyPath)") { open(copyPath, flags, 0o600) }))
    try MetadataStripper.strip(source, type, into: sink)
    try sink.flush()
    let sides = size.map { "\"width\":\($0.width),\"height\":\($0.height),\"within_limits\":\($0.isWithinLimits)" } ?? "\"width\":null"
    print("{\"type\":\"\(type.rawValue)\",\(sides)}")
  }

  private static func fail(_ text: String, status: Int32) -> Never {
    try? FileDescriptor(owning: 2).writeAll(Array((text + "\n").utf8))
    exit(status)
  }
}
