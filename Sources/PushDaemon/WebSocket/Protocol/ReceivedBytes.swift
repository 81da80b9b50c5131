// A walk through what one read from the socket brought.

/// What is still unread of a receive buffer, from which `ProtocolState.nextEvent` takes. It borrows the memory, which must stay in place and
/// untouched by others while this value or a `Payload.slice` made from it is in use; payload is unmasked in place.
public struct ReceivedBytes {
  private(set) var rest: UnsafeMutableRawBufferPointer

  public init(_ bytes: UnsafeMutableRawBufferPointer) {
    rest = bytes
  }

  public var count: Int { rest.count }
  public var isEmpty: Bool { rest.isEmpty }

  /// Takes the next `count` bytes, or all that are left if there are fewer.
  mutating func take(_ count: Int) -> UnsafeMutableRawBufferPointer {
    let count = min(count, rest.count)
    let taken = UnsafeMutableRawBufferPointer(rebasing: rest[..<count])
    rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
    return taken
  }
}
