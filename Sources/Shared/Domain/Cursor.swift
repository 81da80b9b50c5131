// Where a client is in the log, as clients see it: `id` of an event, `cursor` of a snapshot, `since` of a resume.

/// A position of the journal and a tag of the history that gave it. Clients give it back and never reckon with it.
///
/// A history goes on in two ways when the data directory is put back as it was earlier: positions after that moment name events of the
/// history that was given up, and others of the one that goes on. Each start draws another tag for the events that follow (`History`), so a
/// cursor of the history that was given up is recognised by its tag.
public struct Cursor: Equatable, Sendable {
  /// Bits of the tag. 40 bits are left for the position: the whole is at most 2^53 - 1, which JavaScript can represent.
  public static let tagBits: Int64 = 13
  public static let tags: Int64 = 1 << tagBits
  /// The highest position that a cursor can bear.
  public static let positionMax: Int64 = 1 << 40 - 1

  public let position: Int64
  public let tag: Int64

  public init(position: Int64, tag: Int64) {
    self.position = position
    self.tag = tag
  }

  /// From what a client gave back. Any number from 0 is a cursor, although perhaps of no history.
  public init?(_ value: Int64) {
    guard value >= 0 else { return nil }
    self.init(position: value >> Self.tagBits, tag: value & (Self.tags - 1))
  }

  /// What clients receive. Rises with the position.
  public var value: Int64 { position << Self.tagBits | tag }
}

/// Which tag is in force at which position of the journal.
public struct History: Equatable, Sendable {
  /// A tag and the first position at which it is in force.
  public struct Section: Equatable, Sendable {
    public let start: Int64
    public let tag: Int64

    public init(start: Int64, tag: Int64) {
      self.start = start
      self.tag = tag
    }
  }

  /// Ascending.
  public let sections: [Section]

  /// Without sections the tag of every position is 0.
  public init(_ sections: [Section] = []) {
    self.sections = sections
  }

  /// The cursor of a client that has everything up to this position.
  public func cursor(at position: Int64) -> Cursor {
    Cursor(position: position, tag: sections.last { $0.start <= position }?.tag ?? 0)
  }

  /// The position of a cursor; nil if it is of another history.
  public func position(of cursor: Cursor) -> Int64? {
    self.cursor(at: cursor.position) == cursor ? cursor.position : nil
  }
}
