// Which message stands at which place of a room, as everybody who saw it said.

/// Messages bear numbers of our own making; whoever sees a number at a seq must agree with whoever saw it there before.
struct SeqLedger {
  private var numbers: [Int32] = []
  /// Acknowledged messages.
  private(set) var acknowledged = 0
  /// The highest seq that was acknowledged.
  private(set) var last = 0

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
