// What people set for themselves.
import Domain
import Store

extension Chat {
  /// Whether the actor's marks are told to her own devices alone.
  package func hidesReading(_ actor: Actor) throws -> Bool {
    try readers.read { try Preferences.hidesReading(actor.user.number, $0) }
  }

  /// Hides the actor's reading from others, or shows it again, from her next mark on.
  package func setHidesReading(_ hides: Bool, by actor: Actor) throws {
    try commit { try Preferences.setHidesReading(hides, of: actor.user.number, $0) }
  }
}
