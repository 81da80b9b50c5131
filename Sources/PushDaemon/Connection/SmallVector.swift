// A list that nearly always has one element.

/// The first element is stored inline; only a second one allocates, at least 48 bytes.
struct SmallVector<Element: AnyObject> {
  private var first: Element?
  private var others: [Element] = []

  mutating func append(_ element: Element) {
    if first == nil { first = element } else { others.append(element) }
  }

  /// Removes the elements for which `isUnwanted` is true; the order of the others may change.
  mutating func removeAll(where isUnwanted: (Element) -> Bool) {
    others.removeAll(where: isUnwanted)
    if let first, isUnwanted(first) { self.first = others.popLast() }
    if others.isEmpty { others = [] }
  }
}

extension SmallVector: RandomAccessCollection {
  var startIndex: Int { 0 }
  var endIndex: Int { first == nil ? 0 : 1 + others.count }

  subscript(index: Int) -> Element {
    if index == 0, let first { return first }
    return others[index - 1]
  }
}

extension SmallVector {
  init(_ elements: some Sequence<Element>) {
    for element in elements { append(element) }
  }
}
