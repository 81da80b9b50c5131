// How far a member has received, previewed and read a room.

/// Three watermarks that only move forward, `read ≤ preview ≤ delivered`.
public struct ReadMarkers: Equatable, Sendable {
  /// Members of the largest room whose receipts are sent to all members; in a larger one they are sent to the member's own devices
  /// only, since each message would cause a receipt of every member to every member. The receipts of one message can be listed in any room.
  public static let sharedReceiptsMembersMax: Int64 = 100

  public private(set) var deliveredSeq: Int64
  public private(set) var previewSeq: Int64
  public private(set) var readSeq: Int64

  /// From the database, which keeps the order by a CHECK.
  public init(deliveredSeq: Int64, previewSeq: Int64, readSeq: Int64) {
    self.deliveredSeq = deliveredSeq
    self.previewSeq = previewSeq
    self.readSeq = readSeq
  }

  /// Moves each marker forward as asked, never backward and never beyond `lastSeq`. A message that is read counts as previewed, and one
  /// that is previewed counts as delivered.
  public mutating func advance(_ update: ReadMarkersUpdate, upTo lastSeq: Int64) {
    readSeq = max(readSeq, min(update.readSeq ?? 0, lastSeq))
    previewSeq = max(previewSeq, readSeq, min(update.previewSeq ?? 0, lastSeq))
    deliveredSeq = max(deliveredSeq, previewSeq, min(update.deliveredSeq ?? 0, lastSeq))
  }

  /// The state of one message; nil if it has not been delivered.
  public func state(of seq: Int64) -> ReceiptState? {
    if seq <= readSeq { return .read }
    if seq <= previewSeq { return .previewRead }
    return seq <= deliveredSeq ? .delivered : nil
  }

  public func seq(of state: ReceiptState) -> Int64 {
    switch state {
    case .delivered: deliveredSeq
    case .previewRead: previewSeq
    case .read: readSeq
    }
  }
}

/// The state of one message for one member. Numbers are stored in the database: they never change meaning.
public enum ReceiptState: Int64, Sendable, CaseIterable {
  case delivered = 1
  case previewRead = 2
  case read = 3

  public var word: String {
    switch self {
    case .delivered: "delivered"
    case .previewRead: "preview_read"
    case .read: "read"
    }
  }
}

/// A client's request to move markers: at least one, none negative. A seq beyond the newest message stands for the newest.
public struct ReadMarkersUpdate: Equatable, Sendable {
  public private(set) var deliveredSeq: Int64?
  public private(set) var previewSeq: Int64?
  public private(set) var readSeq: Int64?

  public init(deliveredSeq: Int64?, previewSeq: Int64?, readSeq: Int64?) throws(ChatError) {
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

  /// Merges another update of the same member. Markers only move forward, so the furthest of each is the result of both.
  public mutating func merge(_ other: ReadMarkersUpdate) {
    func further(_ a: Int64?, _ b: Int64?) -> Int64? {
      guard let a, let b else { return a ?? b }
      return max(a, b)
    }
    deliveredSeq = further(deliveredSeq, other.deliveredSeq)
    previewSeq = further(previewSeq, other.previewSeq)
    readSeq = further(readSeq, other.readSeq)
  }
}
