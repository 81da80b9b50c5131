// Slots that are reused, and stale tokens.
import EventLoop
import TestSupport
import Testing

@Suite struct SlabTests {
  private final class Tenant {
    let token: Token
    var name: String

    init(_ token: Token, _ name: String) {
      self.token = token
      self.name = name
    }
  }

  @Test func `a token finds its own element and, once that is removed, nothing`() {
    var slab = Slab<Tenant>()
    let alice = slab.insert { Tenant($0, "alice") }
    let bob = slab.insert { Tenant($0, "bob") }
    #expect(slab[alice.token] === alice && slab[bob.token] === bob && slab.count == 2)
    slab.remove(alice.token)
    #expect(slab[alice.token] == nil && slab.count == 1 && slab.element(inSlot: alice.token.slot) == nil)
    let mallory = slab.insert { Tenant($0, "mallory") }
    #expect(mallory.token.slot == alice.token.slot && mallory.token.generation != alice.token.generation)
    slab.remove(alice.token)
    #expect(slab[alice.token] == nil && slab[mallory.token] === mallory && slab.count == 2)
    #expect(slab.element(inSlot: alice.token.slot) === mallory)
  }

  @Test func `a slot that is freed twice is free for one element`() {
    var slab = Slab<Tenant>()
    let alice = slab.insert { Tenant($0, "alice") }
    slab.remove(alice.token)
    slab.remove(alice.token)
    let bob = slab.insert { Tenant($0, "bob") }
    let carol = slab.insert { Tenant($0, "carol") }
    #expect(bob.token.slot == alice.token.slot && carol.token.slot != bob.token.slot && slab.count == 2)
  }

  @Test func `tokens that were never given out find nothing`() {
    var slab = Slab<Tenant>()
    let alice = slab.insert { Tenant($0, "alice") }
    for invalid in [
      Token(slot: 0, generation: 0), Token(slot: 0, generation: 2), Token(slot: 1, generation: 1), Token(slot: .max, generation: .max),
    ] {
      #expect(slab[invalid] == nil)
      slab.remove(invalid)
    }
    #expect(slab[alice.token] === alice && slab.element(inSlot: 1) == nil && slab.element(inSlot: .max) == nil)
  }

  @Test func `after any changes the slab holds what a dictionary would`() {
    var random = SplitMix(seed: 4)
    var slab = Slab<Tenant>()
    var model: [Token: String] = [:]
    var stale: [Token] = []
    var wrong: [String] = []
    for step in 0..<20_000 {
      switch random.int(0...3) {
      case 0 where model.count < 100, 1 where model.count < 100:
        let tenant = slab.insert { Tenant($0, "\(step)") }
        if model[tenant.token] != nil || stale.contains(tenant.token) { wrong.append("step \(step): \(tenant.token) is given out again") }
        model[tenant.token] = tenant.name
      case 2:
        guard let token = model.keys.min(by: { $0.slot < $1.slot }) else { continue }
        slab.remove(token)
        model[token] = nil
        if stale.count < 50 { stale.append(token) }
      default:
        guard let token = model.keys.max(by: { $0.slot < $1.slot }) else { continue }
        slab[token]?.name += "!"
        model[token]? += "!"
      }
      if step % 100 == 0 {
        let isSame =
          slab.count == model.count && model.allSatisfy { slab[$0.key]?.name == $0.value }
          && Set(slab.elements.map(\.token)) == Set(model.keys)
        if !isSame || stale.contains(where: { slab[$0] != nil }) { wrong.append("step \(step)") }
        guard wrong.isEmpty else { break }
      }
    }
    #expect(wrong == [] && !stale.isEmpty)
  }

  @Test func `a slot whose deadline is reached is due until it is set anew or to nil`() {
    var deadlines = Deadlines()
    #expect(deadlines.due(at: .max - 1) == [])
    deadlines.set(3, 100)
    deadlines.set(0, 50)
    deadlines.set(7, nil)
    #expect(deadlines.due(at: 49) == [])
    #expect(deadlines.due(at: 50) == [0])
    #expect(deadlines.due(at: 100) == [0, 3])
    deadlines.set(0, 200)
    deadlines.set(3, nil)
    #expect(deadlines.due(at: 199) == [] && deadlines.due(at: 200) == [0])
    #expect(deadlines.due(at: .max - 1) == [0], "slots between those that were set have no deadline")
  }
}
