// The form of e-mail addresses.
import Domain
import Testing

@Suite struct EmailAddressTests {
  @Test(arguments: [
    "alice@example.org", "a@b", "first.last+tag@sub.example.co", "x'y@example.org", "!#$%&*/=?^_`{|}~-@example.org",
    String(repeating: "a", count: 64) + "@example.org", "a@" + String(repeating: "b", count: 63) + ".org",
  ])
  func `an address of the usual form is accepted`(address: String) throws {
    #expect(try EmailAddress(address).text == address)
  }

  @Test func `addresses that differ in case are equal`() throws {
    #expect(try EmailAddress("Alice@Example.ORG") == EmailAddress("alice@example.org"))
  }

  @Test(arguments: [
    "", "@", "alice", "alice@", "@example.org", "a@b@c", "alice@example..org", "alice@.org", "alice@example.", "al ice@example.org",
    "alice@exam ple.org", "alice@example.org\r\nBcc: mallory@evil.test", "alice\u{0}@example.org", "älice@example.org", "alice@exämple.org",
    "\"a\"@example.org", "a,b@example.org", "a;b@example.org", "<a@example.org>", "a@[127.0.0.1]", "a\\b@example.org", "a(b)@example.org",
    String(repeating: "a", count: 65) + "@example.org", "a@" + String(repeating: "b", count: 64) + ".org",
  ])
  func `anything else, and what could be read as two addresses, is refused`(address: String) {
    let refusal = #expect(throws: ChatError.self) { try EmailAddress(address) }
    #expect(refusal?.fields.map(\.field) == ["email"])
  }

  @Test func `254 characters are accepted and 255 are not`() throws {
    let domain = Array(repeating: String(repeating: "b", count: 61), count: 3).joined(separator: ".")
    let longest = String(repeating: "a", count: 254 - 1 - domain.utf8.count - 4) + "@" + domain + ".org"
    #expect(longest.utf8.count == 254)
    #expect(try EmailAddress(longest).text == longest)
    #expect(throws: ChatError.self) { try EmailAddress("a" + longest) }
  }
}
