// How far a member has got in a room: "I have it", "I have seen its preview", "I have read it", each up to a message.

/// Three watermarks that only move forward, `read ≤ preview ≤ delivered`.
package struct ReadMarkers: Equatable, Sendable {
  /// In a room of more members, marks are told only to the devices of whoever moves them: each message would be answered by a receipt
  /// of every member to every member. Who has a single message can be asked for in rooms of any size.
  package static let toldMembersMax: Int64 = 100

  package private(set) var deliveredSeq: Int64
  package private(set) var previewSeq: Int64
  package private(set) var readSeq: Int64

  /// From the database, which keeps the order by a CHECK.
  package init(deliveredSeq: Int64, previewSeq: Int64, readSeq: Int64) {
    self.deliveredSeq = deliveredSeq
    self.previewSeq = previewSeq
    self.readSeq = readSeq
  }

  /// Raises each mark to what is wished, never lowers one and never passes `lastSeq`. Who has read has seen the preview, and who has
  /// seen the preview has the message: the lower marks raise the others with them.
  package mutating func raise(_ wish: ReadMarkersUpdate, upTo lastSeq: Int64) {
    readSeq = max(readSeq, min(wish.readSeq ?? 0, lastSeq))
    previewSeq = max(previewSeq, readSeq, min(wish.previewSeq ?? 0, lastSeq))
    deliveredSeq = max(deliveredSeq, previewSeq, min(wish.deliveredSeq ?? 0, lastSeq))
  }

  /// What she has done with one message; nil if it has not reached her.
  package func state(of seq: Int64) -> ReceiptState? {
    if seq <= readSeq { return .read }
    if seq <= previewSeq { return .previewRead }
    return seq <= deliveredSeq ? .delivered : nil
  }

  package func seq(of state: ReceiptState) -> Int64 {
    switch state {
    case .delivered: deliveredSeq
    case .previewRead: previewSeq
    case .read: readSeq
    }
  }
}

/// What a member can have done with a message. The numbers are stored.
package enum ReceiptState: Int64, Sendable, CaseIterable {
  case delivered = 1
  case previewRead = 2
  case read = 3

  package var word: String {
    switch self {
    case .delivered: "delivered"
    case .previewRead: "preview_read"
    case .read: "read"
    }
  }
}

/// What a client says of how far it has got; at least one of them, none of them negative. Beyond the newest message means up to it.
package struct ReadMarkersUpdate: Equatable, Sendable {
  package private(set) var deliveredSeq: Int64?
  package private(set) var previewSeq: Int64?
  package private(set) var readSeq: Int64?

  package init(deliveredSeq: Int64?, previewSeq: Int64?, readSeq: Int64?) throws(ChatError) {
    for (field, seq) in [("delivered_seq", deliveredSeq), ("preview_seq", previewSeq), ("read_seq", readSeq)] {
      if let seq, seq < 0 { throw .invalid(field, "value", "A seq is not negative.") }
    }
    guard deliveredSeq != nil || previewSeq != nil || readSeq != nil else {
      throw .invalid("read_seq", "missing", "At least one of delivered_seq, preview_seq and read_seq.")
    }
    self.deliveredSeq = deliveredSeq
    self.previewSeq = previewSeq
    self.readSeq = readSeq
  }

  /// Takes in another wish of the same member: since marks only move forward, the furthest of each is all that both ask for.
  package mutating func merge(_ other: ReadMarkersUpdate) {
    func further(_ a: Int64?, _ b: Int64?) -> Int64? {
      guard let a, let b else { return a ?? b }
      return max(a, b)
    }
    deliveredSeq = further(deliveredSeq, other.deliveredSeq)
    previewSeq = further(previewSeq, other.previewSeq)
    readSeq = further(readSeq, other.readSeq)
  }
}
