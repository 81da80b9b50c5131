// When a device was last seen over WebSocket: collected in memory, written once a minute.
public import Domain
import Posix
import SQL
import Store

/// Sessions of connections that were admitted since the last time they were written. A storm of reconnects costs an entry each, no write; what
/// a crash loses is a minute of a time that is told to the nearest five. The address is not noted: an access token is renewed every quarter of
/// an hour, over REST, and brings the newest one.
final class Sightings: Sendable {
  /// Sessions that are remembered between two writes; more are not noted.
  static let sessionsMax = 100_000

  private let times = Lock<[SessionRowID: Timestamp]>([:])

  func note(_ session: SessionRowID, at time: Timestamp) {
    times.withLock { times in
      if times.count < Self.sessionsMax || times[session] != nil { times[session] = time }
    }
  }

  /// Those that were noted since the last call.
  func take() -> [(session: SessionRowID, at: Timestamp)] {
    times.withLock { times in
      defer { times = [:] }
      return times.map { ($0.key, $0.value) }
    }
  }
}

extension Chat {
  /// Sessions that are marked as seen in one transaction.
  private static let sightingsBatchMax = 500

  /// Notes that a device has opened a WebSocket. Costs next to nothing.
  public func noteSighting(of session: SessionRowID) { sightings.note(session, at: clock.now) }

  /// Writes what was noted.
  func writeSightings() throws {
    var rest = sightings.take()[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Self.sightingsBatchMax)
      rest = rest.dropFirst(batch.count)
      try commit { transaction in
        for (session, time) in batch { try Sessions.markSeen(session, at: time, transaction) }
      }
    }
  }
}
