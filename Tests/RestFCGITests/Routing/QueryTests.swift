// What a query says, and what it must not.

import Domain
import Testing

@testable import RestFCGI

private func query(_ text: String) throws(ChatError) -> Query { try Query(Array(text.utf8)) }

private func code<Value>(_ body: () throws(ChatError) -> Value) -> ChatError.Code? {
  do {
    _ = try body()
    return nil
  } catch {
    return error.code
  }
}

@Suite struct QueryTests {
  @Test("names and values are decoded, plus signs are spaces")
  func decoding() throws {
    let query = try query("q=caf%C3%A9+au%20lait&n%61me=%2B&empty=&bare&&=x")
    #expect(try query.value("q") == "café au lait")
    #expect(try query.value("name") == "+")
    #expect(try query.value("empty") == "")
    #expect(try query.value("bare") == "")
    #expect(try query.value("absent") == nil)
  }

  @Test("a name that stands twice is refused, however it is spelt, but only if it is asked for")
  func repetition() throws {
    let query = try query("limit=5&%6cimit=5&other=1")
    #expect(code { () throws(ChatError) in try query.limit() } == .malformedRequest)
    #expect(try query.value("other") == "1")
  }

  @Test("what cannot be decoded is refused", arguments: ["%", "a=%z1", "a=%ff", "%fe=1", "a=%00", "a=%ed%a0%80"])
  func undecodable(text: String) {
    #expect(code { () throws(ChatError) in try query(text) } == .malformedRequest)
  }

  @Test("a page has 1 to 200 items, and 50 unless told")
  func limit() throws {
    #expect(try query("").limit() == 50)
    #expect(try query("limit=1").limit() == 1)
    #expect(try query("limit=200").limit() == 200)
  }

  @Test(
    "a limit that cannot be is refused by name",
    arguments: ["0", "201", "-1", "+5", "1.5", "", "abc", "0x10", "1e1", "٥", "99999999999999999999", "5 ", "null"])
  func badLimit(text: String) throws {
    let query = try query("limit=" + text)
    #expect(code { () throws(ChatError) in try query.limit() } == .invalidField)
  }

  @Test("a place in history is a whole number from 0 on")
  func numbers() throws {
    #expect(try query("before=0").number("before") == 0)
    #expect(try query("before=9223372036854775807").number("before") == .max)
    #expect(try query("").number("before") == nil)
  }

  @Test("a place in history that cannot be is refused", arguments: ["", "-1", "abc", "9223372036854775808", "1,2", "1.0", "٥"])
  func badNumbers(text: String) throws {
    let query = try query("before=" + text)
    #expect(code { () throws(ChatError) in try query.number("before") } == .invalidField)
  }
}

@Suite struct CursorTests {
  @Test("a cursor comes back as it was given", arguments: [0, 1, 255, 256, 4_294_967_296, Int64.max])
  func roundTrip(number: Int64) throws {
    let cursor = PageCursor(.rooms, number, 7)
    #expect(try PageCursor(cursor.text, of: .rooms) == cursor)
    let member = PageCursor(.members, number)
    #expect(try PageCursor(member.text, of: .members) == member)
  }

  @Test("a list does not take another's cursor")
  func foreign() {
    let cursor = PageCursor(.rooms, 1, 2).text
    for list in [PageCursor.List.directory, .members, .sessions] {
      #expect(code { () throws(ChatError) in try PageCursor(cursor, of: list) } == .invalidField)
    }
  }

  @Test(
    "a cursor that the server never gave is refused",
    arguments: ["", "x", "-1", "AAAA", "!!!!", "eyJhIjoxfQ", "null", String(repeating: "0", count: 3000), "AYAAAAAAAAAAAAAAAAAAAAA"])
  func garbage(text: String) {
    #expect(code { () throws(ChatError) in try PageCursor(text, of: .rooms) } == .invalidField)
  }
}
