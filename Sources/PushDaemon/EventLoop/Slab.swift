// Many small values side by side, found again by token.

/// Slots are reused, the latest freed first; a token of an earlier tenant finds nothing.
package struct Slab<Element> {
  private struct Slot {
    var generation: UInt32 = 1
    var element: Element?
  }

  private var slots: [Slot] = []
  private var free: [UInt32] = []

  package init() {}

  package var count: Int { slots.count - free.count }

  package mutating func insert(_ element: Element) -> Token {
    if let slot = free.popLast() {
      slots[Int(slot)].element = element
      return Token(slot: slot, generation: slots[Int(slot)].generation)
    }
    slots.append(Slot(element: element))
    return Token(slot: UInt32(slots.count - 1), generation: 1)
  }

  package mutating func remove(_ token: Token) {
    guard contains(token) else { return }
    vacate(token.slot)
  }

  private mutating func vacate(_ slot: UInt32) {
    slots[Int(slot)].element = nil
    slots[Int(slot)].generation &+= 1
    free.append(slot)
  }

  package func contains(_ token: Token) -> Bool {
    Int(token.slot) < slots.count && slots[Int(token.slot)].generation == token.generation && slots[Int(token.slot)].element != nil
  }

  /// The token of whoever is in a slot now.
  package func token(inSlot slot: UInt32) -> Token? {
    guard Int(slot) < slots.count, slots[Int(slot)].element != nil else { return nil }
    return Token(slot: slot, generation: slots[Int(slot)].generation)
  }

  /// Everyone who is in.
  package var tokens: [Token] {
    slots.indices.compactMap { token(inSlot: UInt32($0)) }
  }

  /// The element, in place; nil for a stale token. Assigning nil removes it; assigning to a stale token does nothing.
  package subscript(_ token: Token) -> Element? {
    _read {
      if contains(token) { yield slots[Int(token.slot)].element } else { yield nil }
    }
    _modify {
      if contains(token) {
        yield &slots[Int(token.slot)].element
        if slots[Int(token.slot)].element == nil { vacate(token.slot) }
      } else {
        var nothing: Element?
        yield &nothing
      }
    }
  }
}

extension Slab {
  /// Changes whoever is in a slot, in place; for those who keep slots and see to it themselves that they are not stale.
  @inline(__always)
  package mutating func update(slot: UInt32, _ body: (inout Element) -> Void) {
    guard Int(slot) < slots.count else { return }
    Self.update(&slots[Int(slot)].element, body)
  }

  @inline(__always)
  private static func update(_ element: inout Element?, _ body: (inout Element) -> Void) {
    // The only spelling that changes what is in an optional without taking it out.
    // swift-format-ignore: NeverForceUnwrap
    if element != nil { body(&element!) }
  }
}
