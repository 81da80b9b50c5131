// Erasing from the journal what edits have replaced and deletions have ended, and from the indexes of names what nobody is called any more.
import Configuration
import Domain
import Posix
import SQL
import Store
import Wire

extension Chat {
  /// Pages of an index of names that are rewritten in one transaction.
  private static let rewrittenPages: Int64 = 16

  /// Gives the events of messages that were edited their new text, and takes the names out of deletions of rooms, once the edit or deletion
  /// is a quarter of `eraseWithinSeconds` old. A client that resumes sees the new text twice. Each call does all that is due, in bounded
  /// portions.
  func eraseReplaced() throws {
    while try eraseNextReplaced() {}
  }

  /// False once nothing more is due.
  private func eraseNextReplaced() throws -> Bool {
    let due = clock.now + .milliseconds(-settings.erasePeriodMilliseconds)
    guard let portion = try readers.read({ try ReplacedEvents.next(before: due, $0) }) else { return false }
    try commit { transaction in
      for message in portion.edited { try Self.eraseReplaced(in: message, transaction) }
      for position in portion.deletedRooms {
        try ReplacedEvents.rewrite(at: position, transaction) { data in
          JSONSplice.replacing("name", in: data, with: Array("null".utf8)).map {
            JSONSplice.replacing("topic", in: $0, with: Array("\"\"".utf8)) ?? $0
          }
        }
      }
      try ReplacedEvents.setDone(portion, transaction)
    }
    return portion.isFull
  }

  /// The events keep what they say beside the text. Those of a deleted message have none.
  private static func eraseReplaced(in id: MessageID, _ transaction: Transaction) throws {
    guard let stored = try Messages.find(id, transaction.database), let content = try message(stored).content else { return }
    var text = JSONWriter()
    text.string(content)
    for position in try ReplacedEvents.positions(of: stored, transaction.database) {
      try ReplacedEvents.rewrite(at: position, transaction) { JSONSplice.replacing("content", in: $0, with: text.bytes) }
    }
  }

  /// Rewrites the indexes of names if names were removed from them. In portions: other writers get in between. Blocks.
  public func eraseRemovedNames() throws {
    guard try readers.read(NameIndexes.hasRemovedNames) else { return }
    while try commit({ try NameIndexes.rewriteNext(pages: Self.rewrittenPages, $0) }) {}
  }
}
