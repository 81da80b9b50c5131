// User names that a text mentions.
import Domain
import Glibc
import TestSupport
import Testing

@Suite struct MentionedNamesTests {
  /// A text, and the members whom it mentions, in the order of the text. The web client is tested with the same table.
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let mentions: [String]
    var testDescription: String { text.debugDescription }
  }

  private static let table: JSONValue? = {
    let path = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/mention_cases.json"
    let file = open(path, O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    var (bytes, portion) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while case let count = read(file, &portion, portion.count), count > 0 { bytes += portion[..<count] }
    return try? JSONValue(bytes)
  }()

  private static func texts(_ value: JSONValue?) -> [String] {
    guard case .array(let values) = value else { return [] }
    return values.compactMap(\.text)
  }

  private static let members = Set(texts(table?["members"]))

  static let cases: [Case] = {
    guard case .array(let cases) = table?["cases"] else { return [] }
    return cases.map { Case(text: $0["text"]?.text ?? "", mentions: texts($0["mentions"])) }
  }()

  @Test func `there is a table of cases`() {
    #expect(Self.cases.count > 100 && Self.members.contains("bob"))
  }

  @Test(arguments: cases)
  func `a text mentions whom a reader would say`(example: Case) {
    let names = MentionedNames.find(in: example.text).compactMap { $0.first(where: Self.members.contains) }
    var seen: Set<String> = []
    #expect(names.filter { seen.insert($0).inserted } == example.mentions)
  }

  @Test func `a full stop may end the sentence or belong to the name, and the longest spelling comes first`() {
    #expect(MentionedNames.find(in: "Ask @bob.") == [["bob.", "bob"]])
    #expect(MentionedNames.find(in: "Ask @Bob...") == [["bob...", "bob.", "bob"]])
    #expect(MentionedNames.find(in: "@bob...what.Now") == [["bob...what.now", "bob...what", "bob.", "bob"]])
    #expect(MentionedNames.find(in: "@b..") == [["b.."]])
  }

  @Test func `a message mentions a bounded number of names in a bounded number of spellings`() {
    let all = (0..<100).map { "@user\($0)" }.joined(separator: " ")
    #expect(MentionedNames.find(in: all).compactMap(\.first) == (0..<MentionedNames.max).map { "user\($0)" })
    let sentences = (0..<100).map { "@user\($0).a.b.c.d.e.f.g.h" }.joined(separator: " ")
    #expect(MentionedNames.find(in: sentences).reduce(0) { $0 + $1.count } == MentionedNames.spellingsMax)
  }

  /// A quadratic walk over one of these takes a hundred times as long as over a sentence of the same length.
  @Test(arguments: [
    "@", "`", "@.", "@a.", "@a_", "``a", "`\n", "` `` ", "~~~\n", "```\n", "a/", "://", "a.b/@", "\\`", "@a@", "@_", "`@a`", "```@a",
  ])
  func `hostile texts take no longer than plain ones`(piece: String) {
    let plain = time("@a word, and ")
    #expect(time(piece) < plain * 40)
  }

  @Test func `runs of every length take no longer than plain text`() {
    let falling = (1...90).reversed().map { String(repeating: "`", count: $0) }.joined(separator: " ")
    let plain = time("@a word, and ")
    #expect(time(falling + "\n") < plain * 40)
  }

  /// The best of some walks over the longest message that is made of a piece.
  private func time(_ piece: String) -> Duration {
    let text = "@" + String(repeating: piece, count: MessageBody.bytesMax / piece.utf8.count)
    return (0..<5).map { _ in ContinuousClock().measure { _ = MentionedNames.find(in: text) } }.min() ?? .zero
  }
}
