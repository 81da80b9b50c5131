// Who hears of which room, on one loop.
import Domain
import EventLoop

/// Rooms that somebody here is subscribed to, with their subscribers as one list of slots each: walking it is what a delivery costs.
struct Hub {
  struct HubRoom {
    let number: RoomNumber
    let id: PublicID
    var subscribers: [UInt32] = []
    /// The frames of this room in the publication under way, one after the other.
    var chunk: [UInt8] = []
  }

  private(set) var rooms: [HubRoom?] = []
  private var free: [Int32] = []
  private var byNumber: [RoomNumber: Int32] = [:]
  private var byID: [PublicID: Int32] = [:]

  func index(of room: RoomNumber) -> Int32? { byNumber[room] }
  func index(of id: PublicID) -> Int32? { byID[id] }

  subscript(_ index: Int32) -> HubRoom? {
    _read { yield rooms[Int(index)] }
    _modify { yield &rooms[Int(index)] }
  }

  /// Adds a subscriber and answers her place in the room.
  mutating func subscribe(_ slot: UInt32, to number: RoomNumber, _ id: PublicID) -> Subscription {
    let index = byNumber[number] ?? open(number, id)
    rooms[Int(index)]?.subscribers.append(slot)
    return Subscription(room: index, place: Int32((rooms[Int(index)]?.subscribers.count ?? 1) - 1))
  }

  /// Takes a subscriber out; the last in the list takes her place. Answers who that was, unless it was herself.
  mutating func unsubscribe(_ subscription: Subscription) -> UInt32? {
    guard var room = rooms[Int(subscription.room)].take() else { return nil }
    let last = room.subscribers.removeLast()
    let moved = Int(subscription.place) < room.subscribers.count
    if moved { room.subscribers[Int(subscription.place)] = last }
    if room.subscribers.isEmpty {
      byNumber[room.number] = nil
      byID[room.id] = nil
      free.append(subscription.room)
    } else {
      rooms[Int(subscription.room)] = room
    }
    return moved ? last : nil
  }

  /// Forgets a room with all its subscribers.
  mutating func close(_ index: Int32) {
    guard let room = rooms[Int(index)].take() else { return }
    byNumber[room.number] = nil
    byID[room.id] = nil
    free.append(index)
  }

  private mutating func open(_ number: RoomNumber, _ id: PublicID) -> Int32 {
    let room = HubRoom(number: number, id: id)
    let index: Int32
    if let reused = free.popLast() {
      index = reused
      rooms[Int(index)] = room
    } else {
      index = Int32(rooms.count)
      rooms.append(room)
    }
    byNumber[number] = index
    byID[id] = index
    return index
  }
}
