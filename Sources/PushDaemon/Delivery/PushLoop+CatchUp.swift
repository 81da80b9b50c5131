// From behind to live.
import Domain
import EventLoop
import WebSocket

extension PushLoop {
  func advanceThoseBehind() {
    guard !behind.isEmpty else { return }
    let waiting = behind
    behind = []
    for connection in waiting {
      advance(connection)
      if case .catchingUp = connection.stage { behind.append(connection) }
    }
  }

  /// Tells a line the next portion of what it missed: first what was read from the journal, then the tail; level with the tail, it is live.
  func advance(_ connection: Connection) {
    while case .catchingUp(let catchUp) = connection.stage, !catchUp.isAsking {
      guard connection.unsentBytes < CatchUp.portionBytes else { return }
      // A message was deleted since the journal was read for her: what is still to be told may have its words.
      if catchUp.missedThrough <= replayBuffer.redactedThrough { catchUp.forgetMissed() }
      if let missed = catchUp.missed {
        sendBacklog(connection, catchUp, missed)
      } else if catchUp.missedThrough > catchUp.position {
        catchUp.position = catchUp.missedThrough
      } else if catchUp.position >= replayBuffer.end {
        // Ahead of the tail: the database was read when its newest events had not been told here yet. The next batch brings us level.
        guard catchUp.position == replayBuffer.end else { return }
        goLive(connection, catchUp.rooms)
        if let person = connection.person { presenceBegins(connection, person.rowID) }
        return
      } else if catchUp.position < replayBuffer.start {
        catchUp.isAsking = true
        Self.ask(shared, mailbox, connection.token, catchUp.session, since: catchUp.position, replayBufferStart: replayBuffer.start)
      } else {
        sendFromReplayBuffer(connection, catchUp)
      }
    }
  }

  private func sendBacklog(_ connection: Connection, _ catchUp: CatchUp, _ missed: EventBatch) {
    tell(connection, catchUp) { telling in
      while catchUp.nextItem < missed.items.count {
        let item = missed.items[catchUp.nextItem]
        catchUp.nextItem += 1
        guard telling.take(item, missed) else { return }
      }
    }
    guard catchUp.nextItem == missed.items.count else { return }
    catchUp.missed = nil
    catchUp.position = max(catchUp.position, catchUp.missedThrough)
  }

  private func sendFromReplayBuffer(_ connection: Connection, _ catchUp: CatchUp) {
    tell(connection, catchUp) { telling in replayBuffer.forEach(after: catchUp.position) { telling.take($0, $1) } }
  }

  /// Tells a line what `body` takes.
  private func tell(_ connection: Connection, _ catchUp: CatchUp, _ body: (inout Telling) -> Void) {
    guard let person = connection.person else { return }
    var telling = Telling(
      user: person.rowID, session: connection.session, only: connection.onlyRoom, authorizedAt: catchUp.authorizedAt,
      replayBuffer: replayBuffer,
      bytesMax: CatchUp.portionBytes - connection.unsentBytes, rooms: catchUp.rooms, position: catchUp.position)
    // They are changed where they lie: with two holders they would be copied.
    catchUp.rooms = [:]
    body(&telling)
    (catchUp.rooms, catchUp.position) = (telling.rooms, telling.position)
    if !telling.bytes.isEmpty {
      connection.queue(telling.bytes)
      markDirty(connection)
    }
    switch telling.ending {
    case .signedOut: close(connection, .unauthenticated, "signed out")
    case .suspended: close(connection, .suspended, "suspended")
    case nil: break
    }
  }
}

/// A portion of what one line missed. Gathered apart from the line, whose parts would be looked up anew for each of thousands of items.
private struct Telling {
  enum Ending {
    case signedOut
    case suspended
  }

  let user: UserRowID
  let session: SessionRowID
  let only: RoomRowID?
  let authorizedAt: Int64
  let replayBuffer: ReplayBuffer
  let bytesMax: Int
  var rooms: [RoomRowID: PublicID]
  /// The last item that was taken.
  var position: Int64
  /// The frames that she hears, one behind the other.
  var bytes: [UInt8] = []
  /// Why she hears no more.
  var ending: Ending?

  /// Takes one item, if it is for her. False if the telling must pause or has ended.
  mutating func take(_ item: EventBatch.Item, _ batch: EventBatch) -> Bool {
    position = item.position
    if replayBuffer.isSuperseded(item) { return true }
    switch rooms.hear(item, of: batch, user: user, session: session, only: only) {
    case .nothing:
      return true
    case .frame:
      batch.bytes.withUnsafeBytes { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[item.frame])) }
      return bytes.count < bytesMax
    case .signedOut:
      ending = .signedOut
    case .suspended where item.position <= authorizedAt:
      return true
    case .suspended:
      ending = .suspended
    }
    return false
  }
}
