// Identifies a slab slot and its generation, in the 64 bits that epoll carries for us.

/// A stale event for a socket that was closed meanwhile carries the old generation and is recognised by it.
public struct Token: Hashable, Sendable {
  public let slot: UInt32
  public let generation: UInt32

  @inlinable
  public init(slot: UInt32, generation: UInt32) {
    self.slot = slot
    self.generation = generation
  }

  /// For the log.
  public var text: String { "\(slot).\(generation)" }

  init(bits: UInt64) {
    self.init(slot: UInt32(truncatingIfNeeded: bits), generation: UInt32(truncatingIfNeeded: bits >> 32))
  }

  var bits: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
}
