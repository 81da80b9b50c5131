// Places that are reused, and tokens of those who have left.
import EventLoop
import TestSupport
import Testing

@Suite struct SlabTests {
  @Test func `a token finds its own element and, once that has gone, nobody`() {
    var slab = Slab<String>()
    let alice = slab.insert("alice")
    let bob = slab.insert("bob")
    #expect(slab[alice] == "alice" && slab[bob] == "bob" && slab.count == 2)
    slab.remove(alice)
    #expect(slab[alice] == nil && !slab.contains(alice) && slab.count == 1)
    let mallory = slab.insert("mallory")
    #expect(mallory.slot == alice.slot && mallory.generation != alice.generation)
    #expect(slab[alice] == nil && slab[mallory] == "mallory")
    slab[alice] = "ghost"
    slab.remove(alice)
    #expect(slab[mallory] == "mallory" && slab.count == 2)
    #expect(slab.token(inSlot: alice.slot) == mallory)
  }

  @Test func `an element is changed in place, by its token or by its slot`() {
    var slab = Slab<[Int]>()
    let token = slab.insert([1])
    slab[token]?.append(2)
    slab.update(slot: token.slot) { $0.append(3) }
    #expect(slab[token] == [1, 2, 3])
    slab.remove(token)
    slab[token]?.append(4)
    slab.update(slot: token.slot) { _ in Issue.record("nobody is there") }
    slab.update(slot: 99) { _ in Issue.record("nobody is there") }
    #expect(slab[token] == nil && slab.count == 0)
  }

  @Test func `assigning nil removes, and the place is free again for one tenant`() {
    var slab = Slab<String>()
    let token = slab.insert("alice")
    slab[token] = nil
    #expect(slab[token] == nil && slab.count == 0)
    slab.remove(token)
    slab[token] = nil
    let bob = slab.insert("bob")
    let carol = slab.insert("carol")
    #expect(bob.slot == token.slot && bob.generation != token.generation && carol.slot != bob.slot)
    slab[token] = nil
    #expect(slab[bob] == "bob" && slab[token] == nil && slab.count == 2)
  }

  @Test func `tokens that were never given out find nothing`() {
    var slab = Slab<Int>()
    let token = slab.insert(1)
    for stranger in [
      Token(slot: 0, generation: 0), Token(slot: 0, generation: 2), Token(slot: 1, generation: 1), Token(slot: .max, generation: .max),
    ] {
      #expect(!slab.contains(stranger) && slab[stranger] == nil)
      slab.remove(stranger)
    }
    #expect(slab.contains(token) && slab.token(inSlot: 1) == nil && slab.token(inSlot: .max) == nil)
  }

  @Test func `after any comings and goings the slab holds what a dictionary would`() {
    var random = SplitMix(seed: 4)
    var slab = Slab<Int>()
    var model: [Token: Int] = [:]
    var stale: [Token] = []
    var wrong: [String] = []
    for step in 0..<20_000 {
      switch random.int(0...3) {
      case 0 where model.count < 100, 1 where model.count < 100:
        let token = slab.insert(step)
        if model[token] != nil || stale.contains(token) { wrong.append("step \(step): \(token) is given out again") }
        model[token] = step
      case 2:
        guard let token = model.keys.min(by: { $0.slot < $1.slot }) else { continue }
        slab.remove(token)
        model[token] = nil
        if stale.count < 50 { stale.append(token) }
      default:
        guard let token = model.keys.max(by: { $0.slot < $1.slot }) else { continue }
        slab[token]? += 1
        model[token]? += 1
      }
      if step % 100 == 0 {
        let isSame = slab.count == model.count && model.allSatisfy { slab[$0.key] == $0.value } && Set(slab.tokens) == Set(model.keys)
        if !isSame || stale.contains(where: { slab[$0] != nil }) { wrong.append("step \(step)") }
        guard wrong.isEmpty else { break }
      }
    }
    #expect(wrong == [])
    #expect(slab.tokens.map(\.slot) == slab.tokens.map(\.slot).sorted() && !stale.isEmpty)
  }

  @Test func `a slot whose time has come is due, until it is set anew or to nothing`() {
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
