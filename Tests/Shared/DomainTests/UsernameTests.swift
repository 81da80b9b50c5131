// The form of user names.
import Domain
import Testing

@Suite struct UsernameTests {
  @Test(arguments: ["abc", "a.b", "---", "0_9", String(repeating: "a", count: 32)])
  func `a user name of 3 to 32 allowed characters is accepted unchanged`(name: String) throws {
    #expect(try Username(name).text == name)
  }

  @Test(arguments: ["Alice", "ALICE", "aLiCe"])
  func `a user name is folded to lower case`(spelling: String) throws {
    #expect(try Username(spelling) == Username("alice"))
  }

  @Test(arguments: ["", "ab", String(repeating: "a", count: 33), "é", "aé"])
  func `two characters are too few and 33 too many`(name: String) {
    #expect(throws: ChatError.invalid("username", "length", "A user name has 3 to 32 characters.")) {
      try Username(name.count == 1 ? name : name.replacing("é", with: ""))
    }
  }

  @Test(arguments: ["al ice", " alice", "alice\n", "alice\u{0}", "al/ice", "al@ice", "älice", "аlice", "ali😀ce", "alice\u{301}"])
  func `no other character is allowed, not even one that looks alike`(name: String) throws {
    let refusal = #expect(throws: ChatError.self) { try Username(name, field: "name") }
    #expect(refusal?.fields.first?.code == "characters")
    #expect(refusal?.fields.first?.field == "name")
  }

  @Test func `every ASCII character is allowed or refused as the contract says`() {
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-".utf8)
    for byte in UInt8(0)...127 {
      let name = "xx" + String(UnicodeScalar(byte))
      #expect(((try? Username(name)) != nil) == allowed.contains(byte), "\(byte)")
    }
  }

  @Test(
    arguments: [
      ("carol@example.org", "", "carol"), ("Carol.Jones+chat@example.org", "", "carol.jones"), ("carol@example.org", "42", "carol-42"),
      ("_carol!jones-@example.org", "", "caroljones"), ("jo@example.org", "", nil), ("jo@example.org", "42", "jo-42"),
      ("!#$@example.org", "", "user"), ("+@example.org", "123456789", "user-123456789"), ("...@example.org", "", "user"),
      ("abcdefghijklmnopqrstuvwxyz0123456789@example.org", "", "abcdefghijklmnopqrstuv"),
      ("abcdefghijklmnopqrstu-wxyz@example.org", "123456789", "abcdefghijklmnopqrstu-123456789"),
    ] as [(String, String, String?)])
  func `a name is made from the local part of an address`(address: String, number: String, name: String?) throws {
    #expect(Username(like: try EmailAddress(address).text, number: number)?.text == name)
  }
}
