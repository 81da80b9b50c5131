// Which passwords may be chosen.

import Testing

@testable import Auth

@Suite struct NewPasswordTests {
  @Test(
    arguments: [
      "correct horse battery staple", "k9$Lm2!q", "        ", "12345678x", "x7\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
      String(repeating: "é", count: 8), String(repeating: "e\u{301}", count: 8), String(repeating: "🐝", count: 8),
      "🇨🇭🇯🇵🇧🇷🇮🇸", String(repeating: "é", count: 128), String(repeating: "e\u{301}", count: 128),
      String(repeating: "🐝", count: 128),
      String(repeating: "\u{1112}\u{1161}\u{11ab}", count: 128),
    ])
  func `passwords that keep the rules may be chosen`(text: String) throws {
    #expect(throws: Never.self) { try NewPassword(text) }
  }

  @Test(
    arguments: [
      ("", .tooShort), ("1234567", .tooShort), ("k9$Lm2!", .tooShort), (String(repeating: "🐝", count: 7), .tooShort),
      (String(repeating: "e\u{301}", count: 7), .tooShort), ("🇨🇭🇯🇵🇧🇷", .tooShort),
      (String(repeating: "x", count: 129), .tooLong), (String(repeating: "é", count: 129), .tooLong),
      (String(repeating: "e\u{301}", count: 129), .tooLong), (String(repeating: "x", count: 100_000), .tooLong),
      ("e" + String(repeating: "\u{301}\u{323}", count: 30_000), .tooLong),
      ("password", .tooCommon), ("12345678", .tooCommon), ("PASSWORD1", .tooCommon), ("PassW0rd", .tooCommon), ("qwertyuiop", .tooCommon),
      ("iloveyou", .tooCommon), ("EchoChat", .tooCommon), ("trustno1", .tooCommon),
    ] as [(String, PasswordPolicyError)])
  func `passwords that break a rule are refused with its name`(text: String, refusal: PasswordPolicyError) {
    #expect(throws: refusal) { try NewPassword(text) }
  }

  @Test func `the list of common passwords holds thousands, none of which could never be looked up`() {
    #expect(CommonPasswords.all.count > 3000)
    #expect(CommonPasswords.all.allSatisfy { $0.utf8.count >= NewPassword.charactersMin && $0 == $0.lowercased() })
    #expect(CommonPasswords.all.allSatisfy { $0.utf8.allSatisfy { (0x21...0x7e).contains($0) } })
  }
}
