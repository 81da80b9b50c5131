// User names that a text mentions.
import Domain
import Testing

@Suite struct MentionedNamesTests {
  @Test(arguments: [
    ("@bob", ["bob"]), ("hello @Bob, and @ALICE!", ["bob", "alice"]), ("(@bob)", ["bob"]), ("@bob @bob @BOB", ["bob"]),
    ("line\n@bob", ["bob"]), ("你好@bob你好", ["bob"]), ("👍@bob", ["bob"]), ("@a-b_c.d", ["a-b_c.d"]), ("'@bob'", ["bob"]), ("@@bob", ["bob"]),
    ("<@bob>", ["bob"]), ("/@bob/", ["bob"]),
  ])
  func `a name after an @ is mentioned`(text: String, names: [String]) {
    #expect(MentionedNames.find(in: text).compactMap(\.first) == names)
  }

  @Test(arguments: [
    "", "bob", "@", "@ bob", "bob@example.org", "a.b+c@bob", "@b", "@bo", "@" + String(repeating: "b", count: 33), "x@bob", "@bób",
  ])
  func `an address, a short word or no name at all mentions nobody`(text: String) {
    #expect(MentionedNames.find(in: text).isEmpty)
  }

  @Test func `a full stop may end the sentence or belong to the name`() {
    #expect(MentionedNames.find(in: "Ask @bob.") == [["bob.", "bob"]])
    #expect(MentionedNames.find(in: "Ask @bob...") == [["bob...", "bob"]])
    #expect(MentionedNames.find(in: "@b..") == [["b.."]])
  }

  @Test func `a message mentions a bounded number of names, and finding them is fast`() {
    let all = (0..<100).map { "@user\($0)" }.joined(separator: " ")
    #expect(MentionedNames.find(in: all).compactMap(\.first) == (0..<MentionedNames.max).map { "user\($0)" })
    #expect(MentionedNames.find(in: String(repeating: "@", count: 48 * 1024)).isEmpty)
    #expect(MentionedNames.find(in: "@" + String(repeating: ".", count: 48 * 1024)).isEmpty)
  }
}
