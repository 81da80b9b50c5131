// What people may call themselves.
import Domain
import Testing

@Suite struct UsernameTests {
  @Test(arguments: ["abc", "a.b", "---", "0_9", String(repeating: "a", count: 32)])
  func `a user name of three to thirty-two allowed characters is taken as it is`(name: String) throws {
    #expect(try Username(name).text == name)
  }

  @Test(arguments: ["Alice", "ALICE", "aLiCe"])
  func `Alice is Alice however she spells it`(spelling: String) throws {
    #expect(try Username(spelling) == Username("alice"))
  }

  @Test(arguments: ["", "ab", String(repeating: "a", count: 33), "é", "aé"])
  func `two characters are too few and thirty-three too many`(name: String) {
    #expect(throws: ChatError.invalid("username", "length", "A user name has 3 to 32 characters.")) {
      try Username(name.count == 1 ? name : name.replacing("é", with: ""))
    }
  }

  @Test(arguments: ["al ice", " alice", "alice\n", "alice\u{0}", "al/ice", "al@ice", "älice", "аlice", "ali😀ce", "alice\u{301}"])
  func `no other character is in a user name, not even one that looks like it`(name: String) throws {
    let refusal = #expect(throws: ChatError.self) { try Username(name, field: "name") }
    #expect(refusal?.fields.first?.code == "characters")
    #expect(refusal?.fields.first?.field == "name")
  }

  @Test func `every ASCII character is allowed or not as the contract says`() {
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-".utf8)
    for byte in UInt8(0)...127 {
      let name = "xx" + String(UnicodeScalar(byte))
      #expect(((try? Username(name)) != nil) == allowed.contains(byte), "\(byte)")
    }
  }
}
