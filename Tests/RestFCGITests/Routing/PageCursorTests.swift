// Cursors of paged lists.
import Domain
import Testing

@testable import RestFCGI

private func code<Value>(_ body: () throws(ChatError) -> Value) -> ChatError.Code? {
  do {
    _ = try body()
    return nil
  } catch {
    return error.code
  }
}

@Suite struct PageCursorTests {
  @Test(arguments: [0, 1, 255, 256, 4_294_967_296, Int64.max])
  func `a cursor is read as it was written`(number: Int64) throws {
    let cursor = PageCursor(.rooms, number, 7)
    #expect(try PageCursor(cursor.text, of: .rooms) == cursor)
    let member = PageCursor(.members, number)
    #expect(try PageCursor(member.text, of: .members) == member)
  }

  @Test func `a list refuses the cursor of another list`() {
    let cursor = PageCursor(.rooms, 1, 2).text
    for list in [PageCursor.List.directory, .members, .sessions] {
      #expect(code { () throws(ChatError) in try PageCursor(cursor, of: list) } == .invalidField)
    }
  }

  @Test(arguments: ["", "x", "-1", "AAAA", "!!!!", "eyJhIjoxfQ", "null", String(repeating: "0", count: 3000), "AYAAAAAAAAAAAAAAAAAAAAA"])
  func `a cursor that the server did not write is refused`(text: String) {
    #expect(code { () throws(ChatError) in try PageCursor(text, of: .rooms) } == .invalidField)
  }
}
