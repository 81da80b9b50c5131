// Single-line text: trimmed, and bounded in characters as people count them.
import Domain
import Testing

/// Each shows nothing in any font.
let blankTexts = [
  "\u{200b}", "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}", "\u{2800}", "\u{2800} \u{2800}", "\u{3164}", "\u{115f}\u{1160}\u{ffa0}", "\u{ad}",
  "\u{34f}",
  "\u{e0001}\u{e0041}\u{e007f}", "\u{fe0f}", "\u{e0100}", "\u{180b}\u{180e}", "\u{17b4}\u{17b5}", "\u{2061}\u{2062}\u{2063}\u{2064}",
  "\u{206a}\u{206f}",
  "\u{200e}\u{200f}\u{61c}", "\u{1bca0}", "\u{1d159}", "\u{1d173}", "\u{fff9}\u{fffb}", "\u{fffc}", "\u{1680}", "\u{1}",
  "\u{1b}\u{7f}\u{85}", "\u{202e}\u{202c}",
  "\u{2066}\u{2069}", " \u{200b} \u{3000}", "\u{16fe4}", "\u{13430}",
]

@Suite struct SingleLineTextTests {
  /// A field, its bounds, and how it is read.
  struct Field: Sendable, CustomTestStringConvertible {
    let name: String
    let charactersMin: Int
    let charactersMax: Int
    let read: @Sendable (String) throws -> String
    var testDescription: String { name }
  }

  static let fields = [
    Field(name: "display_name", charactersMin: 1, charactersMax: 64) { try DisplayName($0).text },
    Field(name: "name", charactersMin: 1, charactersMax: 80) { try RoomName($0).text },
    Field(name: "topic", charactersMin: 0, charactersMax: 250) { try RoomTopic($0).text },
    Field(name: "status_text", charactersMin: 0, charactersMax: 250) { try StatusText($0).text },
    Field(name: "reason", charactersMin: 0, charactersMax: 500) { try Reason($0).text },
  ]

  @Test(arguments: fields)
  func `the longest text is accepted and one character more is not`(field: Field) throws {
    for character in ["x", "é", "e\u{301}", "界", "👍🏽"] {
      let longest = String(repeating: character, count: field.charactersMax)
      #expect(try field.read(longest) == longest)
      #expect(code(field, longest + character) == "length")
    }
  }

  @Test(arguments: fields)
  func `white space around the text is trimmed, and alone counts as empty`(field: Field) throws {
    let longest = String(repeating: "x", count: field.charactersMax)
    #expect(try field.read(" \t\u{3000}" + longest + "\n ") == longest)
    #expect(try field.read("  two  words ") == "two  words")
    for blank in ["", " ", "\t\r\n\u{a0}\u{3000}"] {
      if field.charactersMin == 0 { #expect(try field.read(blank) == "") } else { #expect(code(field, blank) == "length") }
    }
  }

  @Test(arguments: fields, blankTexts)
  func `text that shows nothing counts as empty`(field: Field, blank: String) throws {
    if field.charactersMin == 0 { #expect(try field.read(blank) == "") } else { #expect(code(field, blank) == "length") }
    // Inside a text it stays as it is; some of it is refused there.
    if let kept = try? field.read("x" + blank + "y") { #expect(kept.utf8.elementsEqual(("x" + blank + "y").utf8)) }
  }

  @Test(arguments: fields)
  func `names that need invisible characters keep them`(field: Field) throws {
    for name in ["❤️", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "می‌خواهم", "soft\u{ad}hyphen", "שלום\u{200f}!", "क्\u{200d}ष", "葛\u{e0100}城", "\u{200b}x"] {
      #expect(try Array(field.read(name).unicodeScalars) == Array(name.unicodeScalars))
    }
  }

  @Test(arguments: fields)
  func `line breaks and direction overrides are refused`(field: Field) {
    let forbidden: [ClosedRange<UInt32>] = [0...0x1f, 0x7f...0x9f, 0x2028...0x2029, 0x202a...0x202e, 0x2066...0x2069]
    for value in forbidden.joined() {
      guard let scalar = UnicodeScalar(value) else { continue }
      #expect(code(field, "a" + String(scalar) + "b") == "characters", "U+\(String(value, radix: 16))")
    }
    #expect((try? field.read("שלום 안녕 👩‍👩‍👧‍👦")) == "שלום 안녕 👩‍👩‍👧‍👦")
  }

  @Test(arguments: fields)
  func `a character of a thousand scalars is too long`(field: Field) {
    let tower = "a" + String(repeating: "\u{301}", count: 8 * field.charactersMax)
    #expect(tower.count == 1)
    #expect(code(field, tower) == "length")
  }

  private func code(_ field: Field, _ text: String) -> String? {
    let refusal = #expect(throws: ChatError.self) { try field.read(text) }
    #expect(refusal?.fields.first?.field == field.name)
    return refusal?.fields.first?.code
  }
}
