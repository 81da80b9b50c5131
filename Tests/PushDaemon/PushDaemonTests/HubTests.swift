// Who hears of which room, against plain sets.
import Domain
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct HubTests {
  @Test func `after any subscribing and unsubscribing every room has the subscribers that sets would have`() throws {
    var random = SplitMix(seed: 9)
    var hub = Hub()
    var wrong: [String] = []
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
          if moved == slot { wrong.append("step \(step): \(slot) is said to have moved to her own place") }
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
        let subscribers = index.flatMap { hub[$0]?.subscribers } ?? []
        if index != hub.index(of: PublicID(trusted: "room\(number)")) || subscribers.sorted() != model[number, default: []].sorted() {
          wrong.append("step \(step): room \(number) has \(subscribers)")
        }
        for (line, own) in places {
          guard let place = own[number], place.room != index || subscribers.dropFirst(Int(place.place)).first != line else { continue }
          wrong.append("step \(step): \(line) is not where she believes to be in room \(number)")
        }
      }
      guard wrong.isEmpty else { break }
    }
    #expect(wrong == [])
    #expect(hub.rooms.count <= 12, "places of empty rooms are used again")
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
