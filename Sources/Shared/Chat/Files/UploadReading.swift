// Receives the body of an upload and finds the file in it.
import Auth
import Domain
import Media
import Posix

/// An upload as HTTP brings it: a form with a file, or the bytes of the file alone.
public struct Upload {
  /// The value of `Content-Type`.
  public let contentType: String?
  /// The name beside the bytes alone; a form has its own.
  public let filename: String?
  /// Bytes of the body, if they were announced.
  public let length: Int?
  /// The network that it comes from.
  public let client: String?
  /// Fills the array with the next bytes of the body, and returns how many; 0 at its end. Throws if the body breaks off.
  let read: (inout [UInt8]) throws -> Int

  public init(
    contentType: String?, filename: String?, length: Int?, client: String? = nil, read: @escaping (inout [UInt8]) throws -> Int
  ) {
    self.contentType = contentType
    self.filename = filename
    self.length = length
    self.client = client
    self.read = read
  }
}

/// A file that was received: its bytes, and what its sender says of it.
struct ReceivedFile {
  let source: any ByteSource
  /// A clean name.
  let name: String
  let declaredType: String?
}

extension Upload {
  /// Bytes around the file in a form.
  static let formBytesMax: Int64 = 64 << 10
  /// Bytes that are in memory at a time.
  private static let blockBytes = 16 << 10

  /// The length of the body; 0 if it is not announced. Throws `file_too_large`.
  func announcedBytes(fileBytesMax: Int64) throws -> Int64 {
    let length = Int64(length ?? 0)
    guard length <= fileBytesMax + Self.formBytesMax else { throw Self.tooLarge(fileBytesMax) }
    return length
  }

  /// Writes the body to a file without a name, and finds the file in it. Throws `file_too_large`, and what a broken form is refused with.
  func receive(into store: FileStore, id: PublicID, fileBytesMax: Int64) throws -> ReceivedFile {
    let bodyBytesMax = fileBytesMax + Self.formBytesMax
    let tooLarge = Self.tooLarge(fileBytesMax)
    let spool = try store.spool(id)
    var block = [UInt8](repeating: 0, count: Self.blockBytes)
    var total: Int64 = 0
    while true {
      let count = try read(&block)
      if count == 0 { break }
      total += Int64(count)
      guard total <= bodyBytesMax else { throw tooLarge }
      try spool.writeAll(block[..<count])
    }
    let file = try file(in: try FileSource(owning: spool))
    guard CombiningMarkLimit.isBounded(in: file.name) else {
      throw ChatError.invalid("filename", "characters", CombiningMarkLimit.detail)
    }
    guard file.source.count > 0 else { throw ChatError.invalid("file", "empty", "The file has no bytes.") }
    guard Int64(file.source.count) <= fileBytesMax else { throw tooLarge }
    return file
  }

  private func file(in body: FileSource) throws -> ReceivedFile {
    let media = (contentType ?? "").prefix { $0 != ";" }.lowercased()
    guard media.hasPrefix("multipart/form-data") else {
      return ReceivedFile(source: body, name: FileName.cleaned(filename ?? ""), declaredType: contentType)
    }
    guard let contentType, let boundary = MultipartFormReader.boundary(contentType: contentType) else {
      throw ChatError(.malformedRequest, "The form has no boundary.")
    }
    let form = try refusing(with: .malformedRequest) { () throws(MediaError) in try MultipartFormReader.read(body, boundary: boundary) }
    guard let file = form.file else { throw ChatError.invalid("file", "missing", "The form has no file.") }
    guard !form.hasMoreFiles else { throw ChatError.invalid("file", "count", "One file in a request.") }
    return ReceivedFile(
      source: SourceSlice(body, file.content), name: FileName.cleaned(file.filename), declaredType: file.mediaType)
  }

  static func tooLarge(_ bytes: Int64) -> ChatError { ChatError(.fileTooLarge, "A file has at most \(bytes) bytes.") }
  static let diskFull = ChatError(.unavailable, "There is no room for files at the moment.", retryAfterMilliseconds: 60_000)
}

/// What is wrong with the bytes becomes an error for the user with this code; anything else is for the operator.
func refusing<Result>(with code: ChatError.Code, _ body: () throws(MediaError) -> Result) throws -> Result {
  do throws(MediaError) {
    return try body()
  } catch {
    switch error {
    case .malformed(let reason): throw ChatError(code, reason)
    case .failed(let failure): throw failure
    }
  }
}

/// Writes to a file and hashes what is written.
final class HashingSink: ByteSink {
  private let sink: FileSink
  private let hash = SHA256()
  private(set) var count: Int64 = 0

  init(_ sink: FileSink) {
    self.sink = sink
  }

  func write(_ bytes: ArraySlice<UInt8>) throws(Errno) {
    hash.update(bytes)
    count += Int64(bytes.count)
    try sink.write(bytes)
  }

  /// Writes what is left, and returns the hash of everything.
  func finish() throws(Errno) -> [UInt8] {
    try sink.flush()
    return hash.finish()
  }
}
