// Single-line text: trimmed, and bounded in characters as people count them.
import Domain
import Testing

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
