// Which message has which seq of a room, checked across all connections.

/// The generator numbers its messages. Every connection must see the same number, or the same frame, at a seq.
struct SeqTable {
  enum Comparison {
    case first, same, different
  }

  private var numbers: [Int32] = []
  /// Fingerprint of the frame received at each seq; 0 if none.
  private var fingerprints: [UInt64] = []
  /// The number of acknowledged messages.
  private(set) var acknowledged = 0
  /// The highest acknowledged seq.
  private(set) var last = 0

  /// Compares a frame with the one received first at `seq`.
  @inline(__always)
  mutating func compare(_ text: UnsafeRawBufferPointer, at seq: Int) -> Comparison {
    let fingerprint = text.fingerprint
    while fingerprints.count <= seq { fingerprints.append(0) }
    guard fingerprints[seq] == 0 else { return fingerprints[seq] == fingerprint ? .same : .different }
    fingerprints[seq] = fingerprint
    return .first
  }

  /// False if another message was seen at `seq` before.
  mutating func record(_ number: Int, at seq: Int) -> Bool {
    while numbers.count <= seq { numbers.append(-1) }
    if numbers[seq] == -1 { numbers[seq] = Int32(number) }
    return numbers[seq] == Int32(number)
  }

  /// False if another message was seen at `seq` before.
  mutating func acknowledge(_ number: Int, at seq: Int) -> Bool {
    acknowledged += 1
    last = max(last, seq)
    return record(number, at: seq)
  }

  /// Whether the acknowledged seqs are 1, 2, 3… without gap or duplicate. Valid only when nothing is in flight.
  var isDense: Bool { last == acknowledged }
}
