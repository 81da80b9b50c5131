// What keeps a connection small: a list with an inline element, an inline identifier.
import Domain
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct SmallPartsTests {
  private final class Thing {
    let number: Int
    init(_ number: Int) { self.number = number }
  }

  @Test func `a small vector holds after any changes what an array would hold`() {
    var random = SplitMix(seed: 4)
    var vector = SmallVector<Thing>()
    var model: [Int] = []
    for number in 0..<5000 {
      if model.isEmpty || random.int(0...9) < 5 {
        vector.append(Thing(number))
        model.append(number)
      } else if let gone = model.randomElement(using: &random) {
        vector.removeAll { $0.number == gone }
        model.removeAll { $0 == gone }
      }
      guard vector.map(\.number).sorted() == model.sorted(), vector.count == model.count, vector.isEmpty == model.isEmpty else {
        Issue.record("after step \(number): \(vector.map(\.number)) instead of \(model)")
        return
      }
    }
    vector.removeAll { _ in true }
    #expect(vector.isEmpty && vector.first == nil)
    #expect(SmallVector([Thing(1), Thing(2)]).map(\.number) == [1, 2])
  }

  @Test(arguments: ["a", "9Zb", "ABCDEFGHIJKLMNOPQRST", "abcdefghijklmnopqrstuvwxyz012345"])
  func `an identifier comes out of its inline form as it went in`(text: String) {
    #expect(InlinePublicID(PublicID(trusted: text)).id.text == text)
  }

  @Test func `the eleventh connection of a user with ten is refused until one closes`() {
    let limiter = ConnectionLimiter<UserRowID>()
    let alice = UserRowID(7)
    #expect((0..<10).allSatisfy { _ in limiter.acquire(alice, limit: 10) })
    #expect(!limiter.acquire(alice, limit: 10) && limiter.acquire(UserRowID(8), limit: 10))
    limiter.release(alice)
    #expect(limiter.acquire(alice, limit: 10) && !limiter.acquire(alice, limit: 10))
  }

  @Test func `without a limit a user has no more connections than can be counted`() {
    let limiter = ConnectionLimiter<UserRowID>()
    #expect((0..<65_535).allSatisfy { _ in limiter.acquire(UserRowID(7), limit: nil) })
    #expect(!limiter.acquire(UserRowID(7), limit: nil) && !limiter.acquire(UserRowID(7), limit: 100_000))
  }
}
