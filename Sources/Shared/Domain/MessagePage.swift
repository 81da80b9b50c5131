// A page of a room's history.

/// Messages of one room, ascending by seq.
package struct MessagePage: Sendable {
  /// The messages' JSON, separated by commas.
  package var json: [UInt8] = []
  package var count = 0
  package var hasBefore = false
  package var hasAfter = false

  package init() {}
}

/// The part of a room's history that a page shows. A seq may lie beyond both ends.
package enum MessageRange: Sendable {
  case latest
  case before(Int64)
  case after(Int64)
  case around(Int64)
}
