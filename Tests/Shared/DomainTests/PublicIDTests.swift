// The form of public ids.
import Domain
import Testing

@Suite struct PublicIDTests {
  @Test func `a public id is 1 to 32 ASCII letters and digits`() {
    #expect(PublicID("a")?.text == "a")
    #expect(PublicID(String(repeating: "Z9", count: 16)) != nil)
    for text in ["", String(repeating: "a", count: 33), "a-b", "a b", "a/", "a\u{0}", "é", "٣", "a\n", "../x"] {
      #expect(PublicID(text) == nil, "\(text)")
    }
    for byte in UInt8(0)...127 {
      let character = Character(UnicodeScalar(byte))
      #expect((PublicID(String(character)) != nil) == (character.isLetter || character.isNumber), "\(byte)")
    }
  }
}
