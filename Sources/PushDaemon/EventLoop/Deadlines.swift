// One deadline per slab slot.

/// One number per slot, side by side: scanning ten thousand of them takes ten microseconds, so no tree is needed.
public struct Deadlines {
  private var times: [Int64] = []

  public init() {}

  /// In the caller's unit; nil for no deadline.
  public mutating func set(_ slot: UInt32, _ time: Int64?) {
    let index = Int(slot)
    while times.count <= index { times.append(.max) }
    times[index] = time ?? .max
  }

  /// Slots whose deadline has been reached.
  public func due(at now: Int64) -> [UInt32] {
    var slots: [UInt32] = []
    for index in times.indices where times[index] <= now { slots.append(UInt32(index)) }
    return slots
  }
}
