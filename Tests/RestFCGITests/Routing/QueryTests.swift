// Parsing of queries and forms.

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
  @Test func `names and values are decoded, plus signs are spaces`() throws {
    let query = try query("q=caf%C3%A9+au%20lait&n%61me=%2B&empty=&bare&&=x")
    #expect(try query.value("q") == "café au lait")
    #expect(try query.value("name") == "+")
    #expect(try query.value("empty") == "")
    #expect(try query.value("bare") == "")
    #expect(try query.value("absent") == nil)
  }

  @Test func `a repeated name is refused in any encoding, but only if it is read`() throws {
    let query = try query("limit=5&%6cimit=5&other=1")
    #expect(code { () throws(ChatError) in try query.limit() } == .malformedRequest)
    #expect(try query.value("other") == "1")
  }

  @Test(arguments: ["%", "a=%z1", "a=%ff", "%fe=1", "a=%00", "a=%ed%a0%80"])
  func `a query that cannot be decoded is refused`(text: String) {
    #expect(code { () throws(ChatError) in try query(text) } == .malformedRequest)
  }

  @Test func `too many combining marks are refused with the name of their item`() throws {
    let marks = String(repeating: "%CC%81", count: 128)
    #expect(try query("q=e\(marks)").value("q")?.unicodeScalars.count == 129)
    #expect(throws: ChatError.invalid("q", "characters", CombiningMarkLimit.detail)) { try query("a=1&q=e\(marks)%CC%81") }
    #expect(code { () throws(ChatError) in try query("e\(marks)%CC%81=1") } == .malformedRequest)
  }

  @Test(arguments: [
    ("a=%ff", "The value of a is not UTF-8 text."), ("%ff=1", "A name is not UTF-8 text."), ("a=%00", "NUL"), ("a=%4", "percent sign"),
  ])
  func `each fault has its own words`(text: String, part: String) {
    let error = #expect(throws: ChatError.self) { try query(text) }
    #expect(error?.code == .malformedRequest && error?.detail.contains(part) == true)
  }

  @Test func `a limit is 1 to 200, and 50 by default`() throws {
    #expect(try query("").limit() == 50)
    #expect(try query("limit=1").limit() == 1)
    #expect(try query("limit=200").limit() == 200)
  }

  @Test(arguments: ["0", "201", "-1", "+5", "1.5", "", "abc", "0x10", "1e1", "٥", "99999999999999999999", "5 ", "null"])
  func `an invalid limit is refused by name`(text: String) throws {
    let query = try query("limit=" + text)
    #expect(code { () throws(ChatError) in try query.limit() } == .invalidField)
  }

  @Test func `a number is a whole number from 0 on`() throws {
    #expect(try query("before=0").number("before") == 0)
    #expect(try query("before=9223372036854775807").number("before") == .max)
    #expect(try query("").number("before") == nil)
  }

  @Test(arguments: ["", "-1", "abc", "9223372036854775808", "1,2", "1.0", "٥"])
  func `an invalid number is refused`(text: String) throws {
    let query = try query("before=" + text)
    #expect(code { () throws(ChatError) in try query.number("before") } == .invalidField)
  }
}
