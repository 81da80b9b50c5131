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
      if catchUp.missedThrough <= tail.lastCut { catchUp.forgetMissed() }
      if let missed = catchUp.missed {
        tellMissed(connection, catchUp, missed)
      } else if catchUp.missedThrough > catchUp.position {
        catchUp.position = catchUp.missedThrough
      } else if catchUp.position >= tail.end {
        // Ahead of the tail: the database was read when the courier had not been here yet. His next batch brings us level.
        guard catchUp.position == tail.end else { return }
        goLive(connection, catchUp.rooms)
        if let person = connection.person { presenceBegins(connection, person.number) }
        return
      } else if catchUp.position < tail.start {
        catchUp.isAsking = true
        Self.ask(shared, mailbox, connection.token, catchUp.session, since: catchUp.position, tailStart: tail.start)
      } else {
        tellTail(connection, catchUp)
      }
    }
  }

  private func tellMissed(_ connection: Connection, _ catchUp: CatchUp, _ missed: NewsBatch) {
    while catchUp.nextItem < missed.items.count {
      let item = missed.items[catchUp.nextItem]
      catchUp.nextItem += 1
      guard tell(connection, catchUp, item, missed) else { return }
    }
    catchUp.missed = nil
    catchUp.position = max(catchUp.position, catchUp.missedThrough)
  }

  private func tellTail(_ connection: Connection, _ catchUp: CatchUp) {
    tail.forEach(after: catchUp.position) { item, batch in tell(connection, catchUp, item, batch) }
  }

  /// Tells one item, if it is for her. False if the telling must pause or has ended.
  private func tell(_ connection: Connection, _ catchUp: CatchUp, _ item: NewsBatch.Item, _ batch: NewsBatch) -> Bool {
    guard let person = connection.person else { return false }
    catchUp.position = item.position
    if tail.isReplaced(item) { return true }
    switch catchUp.rooms.hear(item, user: person.number, session: connection.session, only: connection.onlyRoom) {
    case .nothing:
      return true
    case .frame:
      queue(connection, item, batch)
      markDirty(connection)
      return connection.unsentBytes < CatchUp.portionBytes
    case .signedOut:
      close(connection, .unauthenticated, "signed out")
    case .suspended where item.position <= catchUp.letInAt:
      return true
    case .suspended:
      close(connection, .suspended, "suspended")
    }
    return false
  }
}
