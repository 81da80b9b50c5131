// Which message stands at which place of a room, as everybody who saw it said.

/// Messages bear numbers of our own making; whoever sees a number, or a whole frame, at a seq must agree with whoever saw it there before.
struct SeqLedger {
  enum Comparison {
    case first, same, different
  }

  private var numbers: [Int32] = []
  /// Of the frames that were heard at each seq; 0 where none was.
  private var fingerprints: [UInt64] = []
  /// Acknowledged messages.
  private(set) var acknowledged = 0
  /// The highest seq that was acknowledged.
  private(set) var last = 0

  /// Whether those who heard the message at `seq` before heard the same bytes.
  @inline(__always)
  mutating func compare(_ text: UnsafeRawBufferPointer, at seq: Int) -> Comparison {
    let fingerprint = text.fingerprint
    while fingerprints.count <= seq { fingerprints.append(0) }
    guard fingerprints[seq] == 0 else { return fingerprints[seq] == fingerprint ? .same : .different }
    fingerprints[seq] = fingerprint
    return .first
  }

  /// False if another message was seen at `seq` before.
  mutating func saw(_ number: Int, at seq: Int) -> Bool {
    while numbers.count <= seq { numbers.append(-1) }
    if numbers[seq] == -1 { numbers[seq] = Int32(number) }
    return numbers[seq] == Int32(number)
  }

  /// False if another message was seen at `seq` before.
  mutating func acknowledge(_ number: Int, at seq: Int) -> Bool {
    acknowledged += 1
    last = max(last, seq)
    return saw(number, at: seq)
  }

  /// Whether the acknowledged messages fill the places from 1 on, none twice and none left out. Asked when nothing is in flight.
  var isDense: Bool { last == acknowledged }
}
