// The devices that an account remembers.
import Domain
import SQL
import Store
import TestSupport
import Testing

@Suite struct KnownDevicesTests {
  private static func device(_ number: Int) -> [UInt8] { SessionsTests.hash("device \(number)") }
  private static func time(_ number: Int) -> Timestamp { Timestamp(milliseconds: Int64(number)) }

  @Test func `an account knows the devices that it has seen, for as long as it remembers them`() throws {
    let store = try TemporaryDatabase()
    let (alice, bob) = (try store.addUser("alice"), try store.addUser("bob"))
    func see(_ number: Int, _ user: User, at now: Int) throws -> Bool {
      try store.write { try KnownDevices.see(Self.device(number), of: user.rowID, at: Self.time(now), $0) }
    }
    #expect(try !see(1, alice, at: 1) && !see(2, alice, at: 2) && see(1, alice, at: 3))
    #expect(try !see(1, bob, at: 4), "another account's")
    let devices = try store.read { try KnownDevices.list(of: alice.rowID, $0) }
    #expect(devices.map(\.firstSeenAt.milliseconds) == [1, 2] && devices.map(\.lastSeenAt.milliseconds) == [3, 2])
    try store.write { try KnownDevices.sweep(before: Self.time(3), $0) }
    #expect(try !see(2, alice, at: 5) && see(1, alice, at: 6))
  }

  @Test func `of too many devices those seen last are remembered`() throws {
    let store = try TemporaryDatabase()
    let alice = try store.addUser("alice")
    let most = Int(KnownDevices.perUserMax)
    for number in 0..<(most + 5) {
      _ = try store.write { try KnownDevices.see(Self.device(number), of: alice.rowID, at: Self.time(number), $0) }
    }
    let devices = try store.read { try KnownDevices.list(of: alice.rowID, $0) }
    #expect(devices.count == most && devices.last?.firstSeenAt == Self.time(5))
  }
}
