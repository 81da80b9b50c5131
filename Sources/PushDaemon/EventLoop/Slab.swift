// Many small values side by side, found again by token.

/// Slots are reused, the latest freed first; a token of an earlier tenant finds nothing.
package struct Slab<Element> {
  @usableFromInline struct Slot {
    @usableFromInline var generation: UInt32 = 1
    @usableFromInline var element: Element?

    @inlinable init(_ element: Element) {
      self.element = element
    }
  }

  @usableFromInline var slots: [Slot] = []
  @usableFromInline var free: [UInt32] = []

  @inlinable
  package init() {}

  @inlinable
  package var count: Int { slots.count - free.count }

  @inlinable
  package mutating func insert(_ element: Element) -> Token {
    if let slot = free.popLast() {
      slots[Int(slot)].element = element
      return Token(slot: slot, generation: slots[Int(slot)].generation)
    }
    slots.append(Slot(element))
    return Token(slot: UInt32(slots.count - 1), generation: 1)
  }

  @inlinable
  package mutating func remove(_ token: Token) {
    guard contains(token) else { return }
    vacate(token.slot)
  }

  @inlinable
  mutating func vacate(_ slot: UInt32) {
    slots[Int(slot)].element = nil
    slots[Int(slot)].generation &+= 1
    free.append(slot)
  }

  @inlinable
  package func contains(_ token: Token) -> Bool {
    Int(token.slot) < slots.count && slots[Int(token.slot)].generation == token.generation && slots[Int(token.slot)].element != nil
  }

  /// The token of whoever is in a slot now.
  @inlinable
  package func token(inSlot slot: UInt32) -> Token? {
    guard Int(slot) < slots.count, slots[Int(slot)].element != nil else { return nil }
    return Token(slot: slot, generation: slots[Int(slot)].generation)
  }

  /// Everyone who is in.
  @inlinable
  package var tokens: [Token] {
    slots.indices.compactMap { token(inSlot: UInt32($0)) }
  }

  /// The element, in place; nil for a stale token. Assigning nil removes it; assigning to a stale token does nothing.
  @inlinable
  package subscript(_ token: Token) -> Element? {
    @inline(__always) _read {
      if contains(token) { yield slots[Int(token.slot)].element } else { yield nil }
    }
    @inline(__always) _modify {
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
  @inlinable @inline(__always)
  package mutating func update(slot: UInt32, _ body: (inout Element) -> Void) {
    guard Int(slot) < slots.count else { return }
    Self.update(&slots[Int(slot)].element, body)
  }

  @inlinable @inline(__always)
  static func update(_ element: inout Element?, _ body: (inout Element) -> Void) {
    // The only spelling that changes what is in an optional without taking it out.
    // swift-format-ignore: NeverForceUnwrap
    if element != nil { body(&element!) }
  }
}
