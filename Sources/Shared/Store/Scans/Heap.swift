// A binary heap.

/// Inserting a value and removing the smallest cost the logarithm of their number.
struct Heap<Element: Comparable> {
  private var elements: [Element]

  init(_ elements: [Element]) { self.elements = elements.sorted() }

  var first: Element? { elements.first }

  mutating func insert(_ element: Element) {
    elements.append(element)
    var child = elements.count - 1
    while child > 0, elements[child] < elements[(child - 1) / 2] {
      elements.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() -> Element? {
    guard let last = elements.popLast() else { return nil }
    guard let first = elements.first else { return last }
    elements[0] = last
    var parent = 0
    while true {
      let children = min(2 * parent + 1, elements.count)..<min(2 * parent + 3, elements.count)
      guard let smallest = children.min(by: { elements[$0] < elements[$1] }), elements[smallest] < elements[parent] else { return first }
      elements.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
