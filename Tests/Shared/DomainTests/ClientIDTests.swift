// The form of client ids.
import Domain
import Testing

@Suite struct ClientIDTests {
  @Test func `a client_id may have every printable ASCII character and no other byte`() {
    for byte in UInt8(0)...127 {
      let isPrintable = byte > 0x20 && byte < 0x7f
      #expect(((try? ClientID("a" + String(UnicodeScalar(byte)))) != nil) == isPrintable, "\(byte)")
    }
    for text in ["é", "a b", "а", "😀"] { #expect(throws: ChatError.self) { try ClientID(text) } }
  }

  @Test func `a client_id has 1 to 128 characters`() throws {
    #expect(try ClientID("x").text == "x")
    #expect(try ClientID(String(repeating: "x", count: 128)).text.utf8.count == 128)
    #expect(throws: ChatError.self) { try ClientID("") }
    #expect(throws: ChatError.self) { try ClientID(String(repeating: "x", count: 129)) }
  }

  @Test func `the error names the header of the client id`() {
    let refusal = #expect(throws: ChatError.self) { try ClientID("", field: "Idempotency-Key") }
    #expect(refusal?.fields.map(\.field) == ["Idempotency-Key"])
  }

  @Test func `client_ids that differ in case are different`() throws {
    #expect(try ClientID("A") != ClientID("a"))
  }
}
