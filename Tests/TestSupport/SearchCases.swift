// What search finds and what it does not: the decisions of Decisions/0016 as a table.

/// A message, a query, and what is highlighted of the message; nil if it is not to be found.
public struct SearchCase: Sendable, CustomStringConvertible {
  public let text: String
  public let query: String
  public let hit: String?

  init(_ text: String, _ query: String, _ hit: String?) {
    (self.text, self.query, self.hit) = (text, query, hit)
  }

  public var description: String { "\(query.debugDescription) in \(text.prefix(60).debugDescription)" }

  /// Each must also hold when the message is the only one.
  public static let all: [SearchCase] = versions + compounds + signs + compatibility + unseen + short + long

  private static let versions = [
    SearchCase("Update to v1.2.3 today", "1.2.3", "1.2.3"), SearchCase("Update to v1.2.3 today", "v1.2.3", "v1.2.3"),
    SearchCase("Update to v1.2.3 today", "V1.2", "v1.2"), SearchCase("Update to v1.2.3 today", "2.3", "2.3"),
    SearchCase("Update to v1.2.3-rc.1", "1.2.3-rc.1", "1.2.3-rc.1"), SearchCase("Update to v1.2.3-rc.1", "rc", "rc"),
    SearchCase("1 plum, 2 pears, 3 figs", "1.2.3", nil), SearchCase("number 123", "1.2.3", nil), SearchCase("v1.2.4", "1.2.3", nil),
    SearchCase("step 1, 2, 3", "1.2.3", "1, 2, 3"), SearchCase("at 192.168.0.1", "192.168", "192.168"),
    SearchCase("on 2024-01-02", "2024-01", "2024-01"), SearchCase("on 20240102", "2024-01-02", nil),
    SearchCase("at 12:30 sharp", "12:30", "12:30"), SearchCase("costs 10,000", "10,000", "10,000"),
    SearchCase("costs 10,000", "000", "000"),
    SearchCase("3.5 stars", "3.5", "3.5"), SearchCase("3 of 5 stars", "3.5", nil),
  ]

  private static let compounds = [
    SearchCase("the co-op shop", "coop", "co-op"), SearchCase("the coop shop", "co-op", "coop"),
    SearchCase("the CO-OP shop", "co-op", "CO-OP"), SearchCase("the co op shop", "co-op", "co op"),
    SearchCase("the co-op shop", "op", "op"),
    SearchCase("the co-op shop", "co", "co"), SearchCase("op, not co", "co-op", nil), SearchCase("write an e-mail", "email", "e-mail"),
    SearchCase("write an email", "e-mail", "email"), SearchCase("a well\u{2010}known fact", "wellknown", "well\u{2010}known"),
    SearchCase("a well-known fact", "known", "known"), SearchCase("a well-known fact", "knwon", "known"),
    SearchCase("a well-known fact", "welknown", "well-known"), SearchCase("I don’t know", "dont", "don’t"),
    SearchCase("I don't know", "don’t", "don't"), SearchCase("covid-19", "covid19", "covid-19"),
    SearchCase("covid19", "covid-19", "covid19"),
    SearchCase("foo_bar_baz()", "bar_baz", "bar_baz"), SearchCase("foo_bar_baz()", "foobar", "foo_bar"),
    SearchCase("foo_bar_baz()", "baz", "baz"), SearchCase("foo bar", "foo-bar", "foo bar"), SearchCase("foo/bar", "foo-bar", "foo/bar"),
    SearchCase("bar foo", "foo-bar", nil), SearchCase("use node.js", "node.js", "node.js"), SearchCase("use node.js", "nodejs", "node.js"),
    SearchCase("use nodejs", "node.js", "nodejs"), SearchCase("see www.example.com/a", "example.com", "example.com"),
    SearchCase("see report.pdf", ".pdf", ".pdf"), SearchCase("see report.pdf", "report", "report"),
    SearchCase("Done.Next one", "next", "Next"),
    SearchCase("one -- two", "onetwo", nil), SearchCase("one - two", "one-two", "one - two"), SearchCase("well-", "well", "well"),
  ]

  private static let signs = [
    SearchCase("I write C++ code", "C++", "C++"), SearchCase("I write C++ code", "c++", "C++"), SearchCase("I write C++ code", "c", "C"),
    SearchCase("a cat can C", "C++", nil), SearchCase("uses C++17", "c++", "C++"), SearchCase("uses C++17", "c++17", "C++17"),
    SearchCase("Notepad++ is nice", "notepad", "Notepad"), SearchCase("Notepad++ is nice", "notepad++", "Notepad++"),
    SearchCase("C# and F#", "c#", "C#"), SearchCase("C# and F#", "f#", "F#"), SearchCase("a cat can C", "c#", nil),
    SearchCase("the .NET runtime", ".NET", ".NET"), SearchCase("the .NET runtime", "net", "NET"), SearchCase("ASP.NET", ".net", ".NET"),
    SearchCase("the network", ".net", nil), SearchCase("hi @bob!", "@bob", "@bob"), SearchCase("hi @bob!", "bob", "bob"),
    SearchCase("hi bob!", "@bob", nil), SearchCase("see #42", "#42", "#42"), SearchCase("see #42", "42", "42"),
    SearchCase("room 42", "#42", nil),
    SearchCase("say \"hello\"", "hello\"", "hello"), SearchCase("say (hello)", "\"hello\"", "hello"), SearchCase("a & b", "&", nil),
    SearchCase("AT&T called", "AT&T", "AT"), SearchCase("x", "\"", nil), SearchCase("nothing", "++", nil),
  ]

  private static let compatibility = [
    SearchCase("an oﬃce ﬁle", "office", "oﬃce"), SearchCase("an oﬃce ﬁle", "FILE", "ﬁle"), SearchCase("a file", "ﬁle", "file"),
    SearchCase("ＡＢＣ １２３", "abc", "ＡＢＣ"), SearchCase("ＡＢＣ １２３", "123", "１２３"), SearchCase("abc", "ＡＢＣ", "abc"),
    SearchCase("Ｃ＋＋ !", "c++", "Ｃ＋＋"), SearchCase("ｶﾞｲﾄﾞ", "ガイド", "ｶﾞｲﾄﾞ"), SearchCase("ガイド", "ｶﾞｲﾄﾞ", "ガイド"),
    SearchCase("㍿東京", "株式会社", "㍿"), SearchCase("100 m²", "m2", "m²"), SearchCase("step ①", "1", "①"), SearchCase("Ⅳ", "iv", "Ⅳ"),
    SearchCase("𝐇𝐞𝐥𝐥𝐨 there", "hello", "𝐇𝐞𝐥𝐥𝐨"), SearchCase("ℌ", "h", "ℌ"), SearchCase("ǆ", "dž", "ǆ"), SearchCase("ﷺ", "صلى", "ﷺ"),
  ]

  private static let unseen = [
    SearchCase("a soft\u{ad}hyphen", "softhyphen", "soft\u{ad}hyphen"), SearchCase("a soft\u{ad}hyphen", "soft", "soft"),
    SearchCase("a soft\u{ad}hyphen", "hyphen", "hyphen"), SearchCase("a softhyphen", "soft\u{ad}hyphen", "softhyphen"),
    SearchCase("pass\u{200b}word", "password", "pass\u{200b}word"), SearchCase("pass\u{200c}word", "password", "pass\u{200c}word"),
    SearchCase("pass\u{200d}word", "password", "pass\u{200d}word"), SearchCase("pass\u{2060}word", "password", "pass\u{2060}word"),
    SearchCase("pass\u{feff}word", "password", "pass\u{feff}word"), SearchCase("pass\u{202e}word", "password", "pass\u{202e}word"),
    SearchCase("pass\u{34f}word", "password", "pass\u{34f}word"), SearchCase("pass\u{e0041}word", "password", "pass\u{e0041}word"),
    SearchCase("password", "pass\u{200b}\u{200d}word", "password"), SearchCase("می‌خواهم", "میخواهم", "می‌خواهم"),
    SearchCase("محـــمد", "محمد", "محـــمد"), SearchCase("❤\u{fe0f} you", "❤", "❤\u{fe0f}"), SearchCase("❤ you", "❤\u{fe0f}", "❤"),
    SearchCase("👩‍💻 works", "👩‍💻", "👩‍💻"), SearchCase("a \u{200b} b", "\u{200b}", nil),
  ]

  private static let short = [
    SearchCase("absent cab", "ab", "ab"), SearchCase("a cab", "ab", "ab"), SearchCase("the list of Ali", "li", "li"),
    SearchCase("vex", "x", "x"), SearchCase("vex", "ab", nil), SearchCase("userID", "id", "ID"), SearchCase("a cab came", "ab came", "ab"),
  ]

  private static let letters = "abcdefghijklmnopqrstuvwxyz"
  private static let long = [
    SearchCase("x " + letters + letters + letters + "needle" + letters, "needle", "needle"),
    SearchCase("see a_" + String(repeating: "part_", count: 30) + "needle_rest", "needle", "needle"),
    SearchCase("see a_" + String(repeating: "part_", count: 30) + "needle_rest", "part_needle_r", "part_needle_r"),
    SearchCase("e" + String(repeating: "\u{301}", count: 4000) + "nd", "end", "e" + String(repeating: "\u{301}", count: 4000) + "nd"),
    SearchCase(String(repeating: "\u{301}", count: 4000), "e", nil), SearchCase(String(repeating: "a-", count: 2000), "needle", nil),
    SearchCase(String(repeating: "+", count: 4000), "c++", nil), SearchCase("c" + String(repeating: "+", count: 3999), "c++", "c++"),
    SearchCase(String(repeating: "👩‍💻", count: 300), "👨", nil), SearchCase(String(repeating: "\u{200b}", count: 4000), "x", nil),
  ]
}
