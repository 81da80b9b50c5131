// Persists presence in batches, and renews the lease that keeps it valid.
import Chat
import Domain
import Posix

struct PresencePersistence {
  typealias Tick = PresenceTracker.Tick

  /// Records in one transaction: it occupies the writer for some 2 ms. The rest follow a tick later.
  static let recordsMax = 500
  /// The lease is renewed so long after it was last written, while anyone is online.
  static let renewalTicks = Tick(Chat.presenceLeaseSeconds) * PresenceTracker.ticksPerSecond / 3

  private let store: any PresenceStore
  /// Records that are not persisted yet.
  private(set) var records: [UserRowID: PresenceRecord] = [:]
  /// Due at once: the previous daemon's lease may be about to expire.
  private var persistedAt = -Self.renewalTicks
  private var error = RepeatedError()

  init(store: any PresenceStore) {
    self.store = store
  }

  mutating func add(_ record: PresenceRecord) {
    records[record.user] = record
  }

  /// Persists records once a second, at once if there are more than fit into one transaction, and renews the lease in time. If it is the
  /// last time, persists all at once. Blocks.
  mutating func persist(at tick: Tick, isAnyoneOnline: Bool, isLast: Bool) {
    let age = tick - persistedAt
    let isFull = records.count > Self.recordsMax
    let isDue = !records.isEmpty && age >= PresenceTracker.ticksPerSecond
    guard isLast || isFull || isDue || (age >= Self.renewalTicks && isAnyoneOnline) else { return }
    let batch = Array(records.values.prefix(isLast ? .max : Self.recordsMax))
    persistedAt = tick
    do {
      try store.persistPresence(batch)
      for record in batch where records[record.user] == record { records[record.user] = nil }
      // Removing entries leaves a dictionary's storage as large as it was.
      if records.isEmpty { records = [:] }
      _ = error.isNew(nil)
    } catch {
      // Retried in a second.
      if self.error.isNew(error) { Log.error("cannot persist presence: \(error)") }
    }
  }
}
