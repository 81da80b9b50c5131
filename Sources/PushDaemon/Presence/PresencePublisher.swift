// Publishes presence changes to the loops every 250 ms and persists them every second.
import Domain
import Posix

/// A thread of its own, because it waits for the database: who may see a change depends on shared rooms and blocks.
final class PresencePublisher: Sendable {
  private let thread: BackgroundThread

  /// Adopts the previous daemon's lease, so that a restart publishes nothing. `loops` is the number of loops; `publish` gets each update, on
  /// the publisher's thread. Throws `StoreError`.
  init(
    store: any PresenceStore, tracker: SharedPresenceTracker, loops: Int, publish: @escaping @Sendable (PresenceUpdate) -> Void
  ) throws {
    tracker.restore(try store.adoptPresenceLease())
    thread = BackgroundThread(name: "presence") { stop in
      var presence = PresenceTick(store: store, tracker: tracker, loops: loops)
      while !stop.wait(milliseconds: SharedPresenceTracker.tickMilliseconds) {
        let update = presence.tick(at: tracker.tick)
        if let update { publish(update) }
        presence.persist(at: tracker.tick)
        presence.releaseMemory(isQuiet: update == nil)
      }
      presence.persist(at: tracker.tick, isLast: true)
    }
  }

  /// Call before the connections are closed: users who reconnect to the next daemon within the grace were never offline.
  func stop() {
    thread.stop()
  }
}
