// What keeps a line small: a list of one, an identifier without memory of its own.
import Domain
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct SmallPartsTests {
  private final class Thing {
    let number: Int
    init(_ number: Int) { self.number = number }
  }

  @Test func `a list of few holds after any coming and going what an array would hold`() {
    var random = SplitMix(seed: 4)
    var few = SmallVector<Thing>()
    var model: [Int] = []
    for number in 0..<5000 {
      if model.isEmpty || random.int(0...9) < 5 {
        few.append(Thing(number))
        model.append(number)
      } else if let gone = model.randomElement(using: &random) {
        few.removeAll { $0.number == gone }
        model.removeAll { $0 == gone }
      }
      guard few.map(\.number).sorted() == model.sorted(), few.count == model.count, few.isEmpty == model.isEmpty else {
        Issue.record("after step \(number): \(few.map(\.number)) instead of \(model)")
        return
      }
    }
    few.removeAll { _ in true }
    #expect(few.isEmpty && few.first == nil)
    #expect(SmallVector([Thing(1), Thing(2)]).map(\.number) == [1, 2])
  }

  @Test(arguments: ["a", "9Zb", "ABCDEFGHIJKLMNOPQRST", "abcdefghijklmnopqrstuvwxyz012345"])
  func `an identifier comes out of its compact form as it went in`(text: String) {
    #expect(InlinePublicID(PublicID(trusted: text)).id.text == text)
  }

  @Test func `the eleventh line of a user with ten is refused, and there is room again when one goes`() {
    let connectionLimiter = ConnectionLimiter()
    let alice = UserRowID(7)
    #expect((0..<10).allSatisfy { _ in connectionLimiter.enter(alice, limit: 10) })
    #expect(!connectionLimiter.enter(alice, limit: 10) && connectionLimiter.enter(UserRowID(8), limit: 10))
    connectionLimiter.leave(alice)
    #expect(connectionLimiter.enter(alice, limit: 10) && !connectionLimiter.enter(alice, limit: 10))
  }

  @Test func `however many are allowed, a user has no more lines than can be counted`() {
    let connectionLimiter = ConnectionLimiter()
    #expect((0..<65_535).allSatisfy { _ in connectionLimiter.enter(UserRowID(7), limit: nil) })
    #expect(!connectionLimiter.enter(UserRowID(7), limit: nil) && !connectionLimiter.enter(UserRowID(7), limit: 100_000))
  }
}
