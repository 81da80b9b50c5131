// News out: every event to everyone who may hear it, in order, each once.
import Domain
import EventLoop
import WebSocket

extension PushLoop {
  /// Delivers batches to all live lines.
  ///
  /// A line whose user comes into a room, goes out of one or is signed out by one of these events is walked through all of them, one
  /// by one. For all others membership does not change, so each room's frames are laid side by side once and that same chunk is sent
  /// to every subscriber: one write a line, however many messages. A line in several of these rooms gets them merged, because
  /// positions must rise on every line: the last one seen is the client's cursor.
  func publish(_ batches: [NewsBatch]) {
    turn &+= 1
    for batch in batches {
      for item in batch.items where item.user != nil { walkThoseConcerned(item, batches) }
    }
    let busyRooms = layOut(batches)
    if busyRooms.count > 1 { count(subscribersOf: busyRooms) }
    var mixed: [Token] = []
    for room in busyRooms { send(room, &mixed) }
    for token in mixed { merge(token, batches) }
    for room in busyRooms { hub[room]?.chunk = [] }
    for batch in batches { for item in batch.items where item.kind == .roomDeleted { closeRoom(item.room) } }
    for batch in batches { tail.append(batch) }
    advanceThoseBehind()
  }

  // MARK: Lines whose rooms change

  private func walkThoseConcerned(_ item: NewsBatch.Item, _ batches: [NewsBatch]) {
    switch item.kind {
    case .memberJoined, .memberLeft, .sessionEnded, .userSuspended: break
    case let kind where kind.isPersonal: break
    default: return
    }
    guard let user = item.user, let person = people[user] else { return }
    for token in person.lines {
      guard let connection = connections[token] else { continue }
      switch connection.stage {
      case .live where connection.turn != turn: walk(token, connection, batches)
      // Not live yet: what it is to hear stands in its catching up, but that it is signed out cannot wait until it has read all that.
      case .catchingUp where item.kind == .userSuspended: close(token, .suspended, "suspended")
      case .catchingUp where item.kind == .sessionEnded && item.session == connection.session: close(token, .unauthenticated, "signed out")
      default: break
      }
    }
  }

  private func walk(_ token: Token, _ connection: Connection, _ batches: [NewsBatch]) {
    guard let person = connection.person else { return }
    connections[token]?.turn = turn
    connections[token]?.hits = 0
    var rooms = rooms(of: connection)
    for batch in batches {
      for item in batch.items {
        switch rooms.hear(item, user: person.number, session: connection.session, only: connection.onlyRoom) {
        case .nothing: break
        case .frame: append(token, batch, item)
        case .signedOut: return close(token, .unauthenticated, "signed out")
        case .suspended: return close(token, .suspended, "suspended")
        }
      }
    }
    leaveRooms(token)
    enterRooms(token, rooms)
    markDirty(token)
  }

  private func append(_ token: Token, _ batch: NewsBatch, _ item: NewsBatch.Item) {
    batch.bytes.withUnsafeBytes { connections[token]?.outbox.append(UnsafeRawBufferPointer(rebasing: $0[item.frame])) }
  }

  // MARK: Everyone else

  /// Lays the frames of each room side by side; answers the rooms that have some and that somebody here is subscribed to.
  private func layOut(_ batches: [NewsBatch]) -> [Int32] {
    var busy: [Int32] = []
    for batch in batches {
      for item in batch.items where !item.frame.isEmpty && !item.kind.isPersonal {
        guard let number = item.room, let room = hub.index(of: number) else { continue }
        if hub[room]?.chunk.isEmpty == true { busy.append(room) }
        batch.bytes.withUnsafeBytes { hub[room]?.chunk.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[item.frame])) }
      }
    }
    return busy
  }

  /// Counts in how many of these rooms each line is.
  private func count(subscribersOf rooms: [Int32]) {
    for room in rooms {
      guard let subscribers = hub[room]?.subscribers else { continue }
      for slot in subscribers {
        connections.update(slot: slot) { connection in
          // Walked lines bear this turn already, with no hits: they stay as they are.
          if connection.turn != turn {
            connection.turn = turn
            connection.hits = 1
          } else if connection.hits > 0 {
            connection.hits += 1
          }
        }
      }
    }
  }

  /// Sends a room's chunk to those who are in no other of the busy rooms; notes the others.
  private func send(_ room: Int32, _ mixed: inout [Token]) {
    guard let subscribers = hub[room]?.subscribers, let chunk = hub[room]?.chunk else { return }
    let turn = turn
    chunk.withUnsafeBytes { bytes in
      for slot in subscribers {
        var outcome = Outbox.Outcome.drained
        var isMixed = false
        connections.update(slot: slot) { connection in
          if connection.turn == turn {
            // Walked (no hits), taken already (the top bit), or in several rooms.
            guard connection.hits > 0, connection.hits < Self.hitsTaken else { return }
            isMixed = connection.hits > 1
            connection.hits = Self.hitsTaken
          }
          if !isMixed { outcome = connection.outbox.send(shared: bytes, to: connection.socket) }
        }
        if isMixed {
          if let token = connections.token(inSlot: slot) { mixed.append(token) }
        } else if outcome != .drained, let token = connections.token(inSlot: slot) {
          settle(token, outcome)
        }
      }
    }
  }

  private static let hitsTaken: UInt32 = 1 << 31

  /// Writes the frames of several rooms in the order of their positions.
  private func merge(_ token: Token, _ batches: [NewsBatch]) {
    guard let connection = connections[token] else { return }
    let rooms = rooms(of: connection)
    for batch in batches {
      for item in batch.items where !item.frame.isEmpty && !item.kind.isPersonal {
        if let room = item.room, rooms[room] != nil { append(token, batch, item) }
      }
    }
    markDirty(token)
  }
}
