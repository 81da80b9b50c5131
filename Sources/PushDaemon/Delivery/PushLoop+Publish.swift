// News out: every event to everyone who may hear it, in order, each once.
import Domain
import EventLoop
import WebSocket

extension PushLoop {
  /// Delivers batches to all live lines.
  ///
  /// A person who comes into a room, goes out of one, is signed out or hears of something that is for her alone is walked through all
  /// events, one by one. For all others membership does not change, so each room's frames are laid side by side once and that same chunk
  /// is sent to every subscriber: one write a line, however many messages. A line in several of these rooms gets them merged, because
  /// positions must rise on every line: the last one seen is the client's cursor.
  func publish(_ batches: [EventBatch]) {
    turn &+= 1
    for batch in batches {
      for item in batch.items where item.user != nil { walkThoseConcerned(item, batches) }
    }
    let busyRooms = layOut(batches)
    if busyRooms.count > 1 { findMixed(subscribersOf: busyRooms) }
    var mixed: [Connection] = []
    for room in busyRooms { send(room, &mixed) }
    for connection in mixed { merge(connection, batches) }
    for room in busyRooms { room.news = RoomSubscribers.News() }
    for batch in batches { for item in batch.items where item.kind == .roomDeleted { closeRoom(item.room) } }
    for batch in batches { replayBuffer.append(batch) }
    advanceThoseBehind()
  }

  // MARK: People whose rooms change

  private func walkThoseConcerned(_ item: EventBatch.Item, _ batches: [EventBatch]) {
    switch item.kind {
    case .memberJoined, .memberLeft, .sessionEnded, .userSuspended: break
    case let kind where kind.isUserScoped: break
    default: return
    }
    guard let user = item.user, let person = people[user] else { return }
    if person.turn != turn { walk(person, batches) }
    for connection in person.lines {
      // Not live yet: what it is to hear stands in its catching up, but that it is signed out cannot wait until it has read all that.
      guard case .catchingUp(let catchUp) = connection.stage else { continue }
      switch item.kind {
      case .userSuspended where item.position > catchUp.authorizedAt: close(connection, .suspended, "suspended")
      case .sessionEnded where item.session == connection.session: close(connection, .unauthenticated, "signed out")
      default: break
      }
    }
  }

  private func walk(_ person: Person, _ batches: [EventBatch]) {
    person.turn = turn
    let before = person.roomIDs
    var after = before
    for connection in person.lines where connection.isLive {
      connection.turn = turn
      connection.part = .walked
      after = before
      walk(connection, person, &after, batches)
    }
    move(person, to: after)
    if after.keys.contains(where: { before[$0] == nil }) { presenceMoves(person) }
  }

  private func walk(_ connection: Connection, _ person: Person, _ rooms: inout [RoomRowID: PublicID], _ batches: [EventBatch]) {
    for batch in batches {
      for item in batch.items {
        switch rooms.hear(item, of: batch, user: person.rowID, session: connection.session, only: connection.onlyRoom) {
        case .nothing: break
        case .frame: queue(connection, item, batch)
        case .signedOut: close(connection, .unauthenticated, "signed out")
        case .suspended: close(connection, .suspended, "suspended")
        }
      }
    }
    markDirty(connection)
  }

  func queue(_ connection: Connection, _ item: EventBatch.Item, _ batch: EventBatch) {
    guard !connection.isClosing else { return }
    batch.bytes.withUnsafeBytes { connection.queue(UnsafeRawBufferPointer(rebasing: $0[item.frame])) }
  }

  // MARK: Everyone else

  /// Lays the frames of each room side by side; answers the rooms that have some and that somebody here is subscribed to.
  private func layOut(_ batches: [EventBatch]) -> [RoomSubscribers] {
    var busy: [RoomSubscribers] = []
    for batch in batches {
      for item in batch.items where !item.frame.isEmpty && !item.kind.isUserScoped {
        guard let number = item.room, let room = hub[number], !room.subscribers.isEmpty else { continue }
        if room.news.isEmpty { busy.append(room) }
        room.news.append(item.frame, of: batch)
      }
    }
    return busy
  }

  /// Notes which lines are in several of these rooms.
  private func findMixed(subscribersOf rooms: [RoomSubscribers]) {
    for room in rooms {
      for connection in room.subscribers {
        if connection.turn != turn {
          connection.turn = turn
          connection.part = .oneRoom
        } else if connection.part == .oneRoom {
          connection.part = .severalRooms
        }
      }
    }
  }

  /// Sends a room's chunk to those who are in no other of the busy rooms; notes the others.
  private func send(_ room: RoomSubscribers, _ mixed: inout [Connection]) {
    let turn = turn
    room.news.withUnsafeBytes { bytes in
      for connection in room.subscribers {
        if connection.turn == turn, connection.part != .oneRoom {
          guard connection.part == .severalRooms else { continue }
          connection.part = .merged
          mixed.append(connection)
          continue
        }
        // What she is answered in this turn goes out at its end, and this with it.
        if connection.isDirty, !connection.waitsForWriting {
          connection.queue(bytes)
          continue
        }
        let outcome = connection.send(shared: bytes)
        if outcome != .drained { settle(connection, outcome) }
      }
    }
  }

  /// Writes the frames of several rooms in the order of their positions.
  private func merge(_ connection: Connection, _ batches: [EventBatch]) {
    guard let rooms = connection.person?.roomIDs, !connection.isGone else { return }
    for batch in batches {
      for item in batch.items where !item.frame.isEmpty && !item.kind.isUserScoped {
        if let room = item.room, rooms[room] != nil, connection.hears(room) { queue(connection, item, batch) }
      }
    }
    markDirty(connection)
  }
}
