// A person's rooms, and which of them each of her lines hears.
import Domain

extension Person {
  /// Her rooms by number, as `hear` keeps them.
  var roomIDs: [RoomRowID: PublicID] {
    Dictionary(rooms.map { ($0.rowID, $0.id) }, uniquingKeysWith: { first, _ in first })
  }
}

extension PushLoop {
  /// A line is live from here on: it hears of these rooms, in which its person is at this place in the log.
  func goLive(_ connection: Connection, _ rooms: [RoomRowID: PublicID]) {
    guard let person = connection.person else { return }
    connection.stage = .live
    person.liveLines += 1
    if person.liveLines == 1 { person.rooms = SmallVector(rooms.map { hub.enter($0.key, $0.value) }) }
    for room in person.rooms where connection.hears(room.rowID) { room.subscribe(connection) }
  }

  /// A live line hears of nothing any more; others are left alone. The caller gives it its next stage.
  func leaveRooms(_ connection: Connection) {
    guard connection.isLive, let person = connection.person else { return }
    for room in person.rooms { room.unsubscribe(connection) }
    person.liveLines -= 1
    guard person.liveLines == 0 else { return }
    for room in person.rooms { hub.leave(room) }
    person.rooms = SmallVector()
  }

  /// The rooms of a person have changed.
  func move(_ person: Person, to rooms: [RoomRowID: PublicID]) {
    guard person.liveLines > 0 else { return }
    let lines = person.lines.filter(\.isLive)
    for room in person.rooms where rooms[room.rowID] == nil {
      for line in lines { room.unsubscribe(line) }
      hub.leave(room)
    }
    person.rooms.removeAll { rooms[$0.rowID] == nil }
    let known = Set(person.rooms.map(\.rowID))
    for (number, id) in rooms where !known.contains(number) {
      let room = hub.enter(number, id)
      person.rooms.append(room)
      for line in lines where line.hears(number) { room.subscribe(line) }
    }
  }

  /// A room has come to its end: its people have heard of it, and stay where else they are.
  func closeRoom(_ rowID: RoomRowID?) {
    guard let rowID, hub[rowID] != nil else { return }
    for person in people.values where person.rooms.contains(where: { $0.rowID == rowID }) {
      var rooms = person.roomIDs
      rooms[rowID] = nil
      move(person, to: rooms)
    }
  }
}
