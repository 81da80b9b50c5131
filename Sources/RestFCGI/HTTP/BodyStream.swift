// The body of an upload, read piece by piece: its bytes are never all in memory.
import Domain

/// Belongs to the thread that serves the request.
final class BodyStream: Equatable {
  /// Fills the array with the next bytes and returns how many; fewer than asked only at the end.
  private let next: (inout [UInt8]) -> Int
  /// Announced bytes that are still to come; nil if none were announced.
  private var left: Int?
  private var isAtEnd = false
  let length: Int?

  init(length: Int?, next: @escaping (inout [UInt8]) -> Int) {
    self.length = length
    self.next = next
    left = length
  }

  static func == (one: BodyStream, other: BodyStream) -> Bool { one === other }

  /// As `next`; 0 at the end. Throws if the body does not have its announced length.
  func read(into bytes: inout [UInt8]) throws(ChatError) -> Int {
    guard !isAtEnd else { return 0 }
    let count = next(&bytes)
    isAtEnd = count < bytes.count
    guard let left else { return count }
    guard count <= left, !isAtEnd || count == left else { throw ChatError(.malformedRequest, "The body does not match Content-Length.") }
    self.left = left - count
    return count
  }

  /// Reads the rest and forgets it: nginx must be rid of the body before it takes an answer.
  func drain() {
    var bytes = [UInt8](repeating: 0, count: 16 << 10)
    while !isAtEnd { isAtEnd = next(&bytes) < bytes.count }
  }
}
