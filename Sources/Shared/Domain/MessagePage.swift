// A page of a room's history.

/// Messages of one room, ascending by seq.
public struct MessagePage: Sendable {
  /// The messages' JSON, separated by commas.
  public var json: [UInt8] = []
  public var count = 0
  /// The seq of the first message; the others follow without a gap. 0 for an empty page.
  public var firstSeq: Int64 = 0
  public var hasBefore = false
  public var hasAfter = false

  public init() {}
}

/// The part of a room's history that a page shows. A seq may lie beyond both ends.
public enum MessageRange: Sendable {
  case latest
  case before(Int64)
  case after(Int64)
  case around(Int64)
}
