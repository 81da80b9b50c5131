// Cursors rise with positions, fit into JavaScript's numbers, and are recognised as of this history or of another.
import Domain
import TestSupport
import Testing

@Suite struct CursorTests {
  private static let history = History([History.Section(start: 5, tag: 77), History.Section(start: 8, tag: 1)])

  @Test func `a cursor is read as it was written, and the highest one is a number of JavaScript`() {
    for cursor in [
      Cursor(position: 0, tag: 0), Cursor(position: 42, tag: 8191), Cursor(position: Cursor.positionMax, tag: Cursor.tags - 1),
    ] {
      #expect(Cursor(cursor.value) == cursor)
      #expect((0...9_007_199_254_740_991).contains(cursor.value))
    }
    #expect(Cursor(-1) == nil && Cursor(.min) == nil)
    #expect(Cursor(.max) != nil, "any number may come back")
  }

  @Test func `cursors rise with the position, whatever tags are in force`() {
    let values = (Int64(0)...12).map { Self.history.cursor(at: $0).value }
    #expect(values == values.sorted() && Set(values).count == values.count)
  }

  @Test func `the tag of a position is that of its section, and 0 before the first`() {
    #expect([0, 4, 5, 7, 8, 100].map { Self.history.cursor(at: $0).tag } == [0, 0, 77, 77, 1, 1])
    #expect(History().cursor(at: 9) == Cursor(position: 9, tag: 0))
  }

  @Test func `only the cursor that was given at a position leads there`() {
    for position in Int64(0)...12 {
      let own = Self.history.cursor(at: position)
      #expect(Self.history.position(of: own) == position)
      for tag in [0, 1, 77, 5000] as [Int64] where tag != own.tag {
        #expect(Self.history.position(of: Cursor(position: position, tag: tag)) == nil)
      }
    }
  }

  @Test func `of two histories that part, a cursor from before is of both, and one from after only of its own`() {
    let given = History([History.Section(start: 1, tag: 10), History.Section(start: 21, tag: 20)])
    let goesOn = History([History.Section(start: 1, tag: 10), History.Section(start: 16, tag: 30)])
    for position in Int64(1)...15 { #expect(goesOn.position(of: given.cursor(at: position)) == position) }
    for position in Int64(16)...40 { #expect(goesOn.position(of: given.cursor(at: position)) == nil) }
  }
}
