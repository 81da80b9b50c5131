// A line's rooms.
import Domain
import EventLoop

extension PushLoop {
  /// The rooms in which a live line is subscribed.
  func rooms(of connection: Connection) -> [RoomNumber: PublicID] {
    var rooms: [RoomNumber: PublicID] = [:]
    for subscription in connection.subscriptions {
      if let room = hub[subscription.room] { rooms[room.number] = room.id }
    }
    return rooms
  }

  func enterRooms(_ token: Token, _ rooms: [RoomNumber: PublicID]) {
    guard let connection = connections[token] else { return }
    for (number, id) in rooms where connection.onlyRoom == nil || connection.onlyRoom == number {
      connections[token]?.subscriptions.append(hub.subscribe(token.slot, to: number, id))
    }
  }

  /// A room has come to its end: its subscribers have heard of it, and stay where else they are.
  func closeRoom(_ number: RoomNumber?) {
    guard let number, let index = hub.index(of: number), let subscribers = hub[index]?.subscribers else { return }
    for slot in subscribers {
      connections.update(slot: slot) { $0.subscriptions.removeAll { $0.room == index } }
    }
    hub.close(index)
  }

  func leaveRooms(_ token: Token) {
    guard let connection = connections[token] else { return }
    connections[token]?.subscriptions = []
    for subscription in connection.subscriptions {
      guard let moved = hub.unsubscribe(subscription) else { continue }
      connections.update(slot: moved) { connection in
        guard let index = connection.subscriptions.firstIndex(where: { $0.room == subscription.room }) else { return }
        connection.subscriptions[index].place = subscription.place
      }
    }
  }
}
