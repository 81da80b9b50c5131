// Objects in numbered slots, found by token.

/// Slots are reused, the latest freed first; a token of an earlier element finds nothing.
public struct Slab<Element: AnyObject> {
  @usableFromInline struct Slot {
    @usableFromInline var generation: UInt32 = 1
    @usableFromInline var element: Element?

    @inlinable init(_ element: Element?) {
      self.element = element
    }
  }

  @usableFromInline var slots: [Slot] = []
  @usableFromInline var free: [UInt32] = []

  @inlinable
  public init() {}

  @inlinable
  public var count: Int { slots.count - free.count }

  /// Inserts the element that `make` returns for its token.
  @inlinable
  public mutating func insert(_ make: (Token) -> Element) -> Element {
    let slot = free.popLast() ?? UInt32(slots.count)
    if Int(slot) == slots.count { slots.append(Slot(nil)) }
    let element = make(Token(slot: slot, generation: slots[Int(slot)].generation))
    slots[Int(slot)].element = element
    return element
  }

  @inlinable
  public mutating func remove(_ token: Token) {
    guard self[token] != nil else { return }
    slots[Int(token.slot)].element = nil
    slots[Int(token.slot)].generation &+= 1
    free.append(token.slot)
  }

  /// Nil for a stale token.
  @inlinable
  public subscript(_ token: Token) -> Element? {
    guard Int(token.slot) < slots.count, slots[Int(token.slot)].generation == token.generation else { return nil }
    return slots[Int(token.slot)].element
  }

  /// The element that is in a slot now.
  @inlinable
  public func element(inSlot slot: UInt32) -> Element? {
    Int(slot) < slots.count ? slots[Int(slot)].element : nil
  }

  /// All elements.
  @inlinable
  public var elements: [Element] { slots.compactMap(\.element) }
}
