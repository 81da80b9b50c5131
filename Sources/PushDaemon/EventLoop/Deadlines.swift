// When each slot wants to be looked at again.

/// One number a slot, side by side: looking through ten thousand of them costs ten microseconds, so there is no tree to keep.
package struct Deadlines {
  private var times: [Int64] = []

  package init() {}

  /// In the caller's unit; nil for "not at all".
  package mutating func set(_ slot: UInt32, _ time: Int64?) {
    let index = Int(slot)
    while times.count <= index { times.append(.max) }
    times[index] = time ?? .max
  }

  /// Slots whose time has come.
  package func due(at now: Int64) -> [UInt32] {
    var slots: [UInt32] = []
    for index in times.indices where times[index] <= now { slots.append(UInt32(index)) }
    return slots
  }
}
