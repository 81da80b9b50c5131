// Replacing a member of a stored object.
import Testing
import Wire

@Suite struct JSONSpliceTests {
  private func replaced(_ object: String, with value: String) -> String? {
    JSONSplice.replacing("user", in: Array(object.utf8), with: Array(value.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test func `a member is replaced wherever it stands, and nothing else changes`() {
    #expect(replaced(#"{"user":{"a":1},"b":[1,2]}"#, with: #"{"c":2}"#) == #"{"user":{"c":2},"b":[1,2]}"#)
    #expect(replaced(#"{"b":"}\"user\":","user":null}"#, with: "1") == #"{"b":"}\"user\":","user":1}"#)
    #expect(replaced(#"{"x":{"user":1},"user":[{"user":2}],"y":false}"#, with: "{}") == #"{"x":{"user":1},"user":{},"y":false}"#)
    #expect(replaced(#"{"n":-1.5e3,"t":true,"user":"é"}"#, with: "null") == #"{"n":-1.5e3,"t":true,"user":null}"#)
  }

  @Test func `an object without the member is left alone`() {
    for object in [#"{}"#, #"{"users":1}"#, #"{"a":{"user":1}}"#, "", "[]", #""user""#] { #expect(replaced(object, with: "1") == nil) }
  }
}
