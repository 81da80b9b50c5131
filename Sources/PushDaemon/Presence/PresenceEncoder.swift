// Encodes presence as JSON, each user once per tick.
import Domain
import Wire

struct PresenceEncoder {
  private let facts: PresenceFacts
  private let tracker: SharedPresenceTracker
  /// When users whose changes are published were last seen.
  private let records: [UserRowID: PresenceRecord]
  private var encoded: [UserRowID: [UInt8]] = [:]

  init(facts: PresenceFacts, tracker: SharedPresenceTracker, records: [UserRowID: PresenceRecord]) {
    self.facts = facts
    self.tracker = tracker
    self.records = records
  }

  /// Nil if the user has no account.
  mutating func encode(_ change: PresenceTracker.Change) -> [UInt8]? {
    if let json = encoded[change.user] { return json }
    guard let id = facts.publicID(of: change.user) else { return nil }
    // An active user is being seen now.
    let lastSeen =
      change.state == .active ? tracker.time(tracker.tick) : records[change.user]?.lastSeenAt ?? tracker.time(change.lastSeen)
    let json = ServerFrame.presenceChange(id, Presence(state: change.state, lastSeenAt: lastSeen))
    encoded[change.user] = json
    return json
  }

  /// One frame that names everyone in `online`; nil if there is nobody.
  mutating func encodeSnapshot(_ online: some Collection<PresenceTracker.Change>) -> [UInt8]? {
    let changes = online.compactMap { encode($0) }
    return changes.isEmpty ? nil : ServerFrame.presence(changes)
  }
}
