// Who hears of which room, against plain sets.
import Domain
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct HubTests {
  @Test func `after any subscribing and unsubscribing every room has the subscribers that sets would have`() throws {
    var random = SplitMix(seed: 9)
    var hub = Hub()
    var model: [Int64: Set<UInt32>] = [:]
    /// Where each line believes that it is: kept up to date as a loop does it.
    var places: [UInt32: [Int64: Subscription]] = [:]
    for step in 0..<20_000 {
      let (slot, number) = (UInt32(random.int(0...40)), random.int64(1...12))
      if let subscription = places[slot]?[number] {
        let moved = hub.unsubscribe(subscription)
        places[slot]?[number] = nil
        model[number]?.remove(slot)
        if let moved {
          #expect(moved != slot)
          places[moved]?[number]?.place = subscription.place
        }
        if model[number]?.isEmpty == true { model[number] = nil }
      } else {
        places[slot, default: [:]][number] = hub.subscribe(slot, to: RoomNumber(number), PublicID(trusted: "room\(number)"))
        model[number, default: []].insert(slot)
      }
      guard step % 50 == 0 else { continue }
      for number in Int64(1)...12 {
        let index = hub.index(of: RoomNumber(number))
        #expect(index == hub.index(of: PublicID(trusted: "room\(number)")))
        let subscribers = index.flatMap { hub[$0]?.subscribers } ?? []
        #expect(subscribers.count == model[number]?.count ?? 0 && Set(subscribers) == model[number] ?? [])
        for (line, own) in places {
          guard let subscription = own[number] else { continue }
          #expect(subscription.room == index && subscribers.dropFirst(Int(subscription.place)).first == line)
        }
      }
      #expect(hub.rooms.count <= 12, "places of empty rooms are used again")
    }
  }

  @Test func `a room is there as long as somebody is subscribed to it`() {
    var hub = Hub()
    let alice = hub.subscribe(7, to: RoomNumber(1), PublicID(trusted: "lobby"))
    let bob = hub.subscribe(8, to: RoomNumber(1), PublicID(trusted: "lobby"))
    #expect(alice.room == bob.room && hub[alice.room]?.id.text == "lobby")
    #expect(hub.unsubscribe(alice) == 8)
    #expect(hub.index(of: RoomNumber(1)) != nil)
    #expect(hub.unsubscribe(Subscription(room: bob.room, place: alice.place)) == nil)
    #expect(hub.index(of: RoomNumber(1)) == nil && hub.index(of: PublicID(trusted: "lobby")) == nil)
  }
}
