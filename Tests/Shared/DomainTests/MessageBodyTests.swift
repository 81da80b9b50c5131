// The bounds of message text.
import Domain
import Testing

@Suite struct MessageBodyTests {
  @Test(arguments: ["x", "é", "e\u{301}", "界", "\u{1F44D}\u{1F3FD}", "\r\n"])
  func `four thousand characters are accepted and one more is not`(character: String) throws {
    let longest = String(repeating: character, count: MessageBody.charactersMax - 1) + "x"
    #expect(try MessageBody(longest).text == longest)
    #expect(code(of: longest + "x") == "length")
  }

  @Test func `a message is also bounded in bytes`() throws {
    let tower = "a" + String(repeating: "\u{301}", count: (MessageBody.bytesMax - 2) / 2)
    #expect(tower.count == 1 && tower.utf8.count == MessageBody.bytesMax - 1)
    #expect(try MessageBody(tower + "b").text.utf8.count == MessageBody.bytesMax)
    #expect(code(of: tower + "bc") == "length")
    #expect(code(of: String(repeating: "👩‍👩‍👧‍👦", count: 2000)) == "length")
  }

  @Test(arguments: ["", " ", "\n", "\t\r\n", "\u{a0}\u{2003}\u{3000}\u{2028}"])
  func `white space alone is not a message`(blank: String) {
    #expect(code(of: blank) == "empty")
  }

  @Test(arguments: blankTexts)
  func `text that shows nothing is not a message`(blank: String) throws {
    #expect(code(of: blank) == "empty")
    #expect(try Array(MessageBody(blank + "." + blank).text.utf8) == Array((blank + "." + blank).utf8))
  }

  @Test(arguments: ["\u{301}", "\u{e000}", "\u{fffd}", "\u{600}", "\u{20dd}", "😶", "۔", "­a"])
  func `whatever may show something is a message`(text: String) throws {
    #expect(try MessageBody(text).text == text)
  }

  @Test(arguments: ["\u{0}", "a\u{0}", "\u{0}a", " \u{0} "])
  func `a message has no NUL`(text: String) {
    #expect(code(of: text) == "characters")
  }

  @Test(arguments: [" a ", "\n.", "\u{1b}[31m", "line\u{2028}line", "\u{202e}txt", "𝕏", "\u{feff}x"])
  func `everything else is kept byte for byte`(text: String) throws {
    #expect(try Array(MessageBody(text).text.utf8) == Array(text.utf8))
  }

  private func code(of text: String) -> String? {
    let refusal = #expect(throws: ChatError.self) { try MessageBody(text) }
    #expect(refusal?.fields.first?.field == "content")
    return refusal?.fields.first?.code
  }
}
