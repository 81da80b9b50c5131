// Sends events to the live connections: every event to each that may receive it, in order, once.
import Domain
import EventLoop
import Posix
import WebSocket

/// What delivery has to report to presence.
protocol DeliveryDelegate: AnyObject {
  /// A connection has become live.
  func wentLive(_ connection: Connection)
  /// A connected user has joined a room.
  func joinedRoom(_ user: ConnectedUser)
}

/// Users who join or leave a room, are signed out, receive an event of their own, block or are blocked, or from whom a block hides an event
/// get every event decided by itself. For all others memberships do not change, so each room's frames are laid side by side once and that
/// chunk is sent to every subscriber: one write per connection, however many messages. A connection in several of these rooms gets them
/// merged, because positions must rise on every connection: the last one received is the client's cursor.
final class Publisher {
  unowned var delegate: (any DeliveryDelegate)?
  private let io: ConnectionIO
  private let hub: Hub
  private let replayBuffer: ReplayBuffer
  private let catchUps: CatchUps
  /// Counts publications. What connections and users note about one belongs to the number that they note with it.
  private var generation: UInt32 = 0
  /// Frames that the publication under way has delivered.
  private var frames = 0

  init(io: ConnectionIO, hub: Hub, replayBuffer: ReplayBuffer, catchUps: CatchUps) {
    self.io = io
    self.hub = hub
    self.replayBuffer = replayBuffer
    self.catchUps = catchUps
  }

  /// Delivers consecutive batches.
  func publish(_ batches: [EventBatch]) {
    generation &+= 1
    for batch in batches {
      for event in batch.events where event.user != nil { deliverToAffectedUsers(event, batches) }
    }
    let busyRooms = groupByRoom(batches)
    if busyRooms.count > 1 { findMultiRoomSubscribers(of: busyRooms) }
    var multiRoom: [Connection] = []
    for room in busyRooms { send(room, &multiRoom) }
    for connection in multiRoom { mergeInOrder(connection, batches) }
    for room in busyRooms { room.pendingFrames = PendingFrames() }
    for batch in batches {
      for event in batch.events where event.kind == .roomDeleted { if let room = event.room { hub.removeRoom(room) } }
    }
    io.metrics.frames.add(frames)
    frames = 0
    for batch in batches { replayBuffer.append(batch) }
    catchUps.advanceCatchUps()
  }

  // MARK: Users whose visibility changes

  private func deliverToAffectedUsers(_ event: FramedEvent, _ batches: [EventBatch]) {
    guard let rowID = event.user else { return }
    switch event.kind {
    case .memberJoined, .memberLeft, .sessionEnded, .userSuspended: break
    case let kind where kind.isUserScoped: break
    case .blocksChanged: return deliverToUsersOfBlock(event, batches)
    case let kind where kind.isHiddenByBlock:
      for other in hub.usersApart(from: rowID) { deliverEventByEvent(other, batches) }
      return
    default: return
    }
    guard let user = hub[rowID] else { return }
    if user.publishGeneration != generation { deliverEventByEvent(user, batches) }
    for connection in user.connections where connection.phase == .catchingUp { catchUps.endEarly(connection, at: event) }
  }

  /// A block between two users begins or ends.
  private func deliverToUsersOfBlock(_ event: FramedEvent, _ batches: [EventBatch]) {
    for batch in batches {
      guard let change = batch.blockChanges[event.position] else { continue }
      if let user = event.user { deliverEventByEvent(user, batches) }
      deliverEventByEvent(change.other, batches)
    }
  }

  private func deliverEventByEvent(_ user: UserRowID, _ batches: [EventBatch]) {
    if let user = hub[user], user.publishGeneration != generation { deliverEventByEvent(user, batches) }
  }

  private func deliverEventByEvent(_ user: ConnectedUser, _ batches: [EventBatch]) {
    user.publishGeneration = generation
    guard user.liveConnectionCount > 0 else { return }
    let before = user.roomIDs
    var (after, blocks) = (before, hub.blockedEitherWay(of: user.rowID))
    let blocksBefore = blocks
    for connection in user.connections where connection.isLive {
      connection.publishGeneration = generation
      connection.deliveryPath = .individual
      (after, blocks) = deliverEventByEvent(connection, user, in: before, blockedEitherWay: blocksBefore, batches)
    }
    hub.updateRooms(of: user, to: after)
    if user.liveConnectionCount > 0 { hub.updateBlocks(of: user.rowID, to: blocks) }
    if after.keys.contains(where: { before[$0] == nil }) { delegate?.joinedRoom(user) }
  }

  /// Returns the rooms in which the user is after the events, and the user's blocks.
  private func deliverEventByEvent(
    _ connection: Connection, _ user: ConnectedUser, in rooms: [RoomRowID: PublicID], blockedEitherWay: Set<UserRowID>,
    _ batches: [EventBatch]
  ) -> ([RoomRowID: PublicID], Set<UserRowID>) {
    var cursor = MembershipCursor(
      user: user.rowID, session: connection.session, roomFilter: connection.roomFilter, rooms: rooms, blockedEitherWay: blockedEitherWay)
    for batch in batches {
      for event in batch.events {
        switch cursor.decide(event, of: batch) {
        case .skip: break
        case .send: queue(connection, event, batch)
        case .endSession: io.close(connection, .unauthenticated, "signed out")
        case .suspend: io.close(connection, .suspended, "suspended")
        }
      }
    }
    io.markDirty(connection)
    return (cursor.rooms, cursor.blockedEitherWay)
  }

  private func queue(_ connection: Connection, _ event: FramedEvent, _ batch: EventBatch) {
    guard !connection.isClosing else { return }
    frames += event.frame.isEmpty ? 0 : 1
    batch.withFrame(of: event) { connection.queue(frames: $0) }
  }

  // MARK: All others

  /// Lays the frames of each room side by side; returns the rooms that have some and have subscribers on this loop.
  private func groupByRoom(_ batches: [EventBatch]) -> [RoomSubscribers] {
    var busy: [RoomSubscribers] = []
    for batch in batches {
      for event in batch.events where event.isForRoom {
        guard let rowID = event.room, let room = hub[rowID], !room.subscribers.isEmpty else { continue }
        if room.pendingFrames.isEmpty { busy.append(room) }
        room.pendingFrames.append(event.frame, of: batch.bytes)
      }
    }
    return busy
  }

  /// Marks the connections that are subscribed to several of these rooms.
  private func findMultiRoomSubscribers(of rooms: [RoomSubscribers]) {
    for room in rooms {
      for connection in room.subscribers {
        if connection.publishGeneration != generation {
          connection.publishGeneration = generation
          connection.deliveryPath = .singleRoom
        } else if connection.deliveryPath == .singleRoom {
          connection.deliveryPath = .multiRoom
        }
      }
    }
  }

  /// Sends a room's frames to the subscribers that are in no other of the busy rooms; lists the others.
  private func send(_ room: RoomSubscribers, _ multiRoom: inout [Connection]) {
    let (generation, io) = (generation, io)
    let subscribers = room.subscribers.count
    var others = 0
    room.pendingFrames.withUnsafeBytes { bytes in
      // The same as server-sent events, made for the first that reads these.
      var events: [UInt8] = []
      for connection in room.subscribers {
        if connection.publishGeneration == generation, connection.deliveryPath != .singleRoom {
          others += 1
          guard connection.deliveryPath == .multiRoom else { continue }
          connection.deliveryPath = .merged
          multiRoom.append(connection)
          continue
        }
        // Replies of this iteration are sent at its end, and these frames with them.
        if connection.isDirty, !connection.isWaitingToWrite {
          connection.queue(frames: bytes)
          continue
        }
        let outcome: SendBuffer.Outcome
        if connection.isEventStream {
          if events.isEmpty { EventStreamWriter.append(frames: bytes, to: &events) }
          outcome = events.withUnsafeBytes { connection.send(shared: $0) }
        } else {
          outcome = connection.send(shared: bytes)
        }
        if outcome != .drained { io.handleWriteResult(connection, outcome) }
      }
    }
    frames += room.pendingFrames.count * (subscribers - others)
  }

  /// Writes the frames of several rooms in the order of their positions.
  private func mergeInOrder(_ connection: Connection, _ batches: [EventBatch]) {
    guard let rooms = connection.user?.roomIDs, !connection.isClosed else { return }
    for batch in batches {
      for event in batch.events where event.isForRoom {
        if let room = event.room, rooms[room] != nil, connection.accepts(room) { queue(connection, event, batch) }
      }
    }
    io.markDirty(connection)
  }
}
