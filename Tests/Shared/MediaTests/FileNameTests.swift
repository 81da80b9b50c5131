// Names of files, as they are shown and as they are sent to browsers.
import Media
import Testing

@Suite struct FileNameTests {
  static let names: [(raw: String, cleaned: String)] = [
    ("photo.jpg", "photo.jpg"),
    ("Grüße ☃.txt", "Grüße ☃.txt"),
    ("../../etc/passwd", "passwd"),
    ("..\\..\\windows\\win.ini", "win.ini"),
    ("C:\\Users\\Alice\\a b.doc", "a b.doc"),
    ("/", "file"), ("", "file"), (".", "file"), ("..", "file"), ("...", "file"), ("   ", "file"), ("a/", "file"),
    ("\u{200B}\u{2060}", "file"),
    (". .", "file"),
    (".bashrc", ".bashrc"),
    ("  a  b\t.txt ", "a b .txt"),
    ("a\r\nSet-Cookie: x.txt", "a Set-Cookie: x.txt"),
    ("a\0b.txt", "ab.txt"),
    ("a\u{1B}[31m.txt", "a[31m.txt"),
    // Shown, it would read "annexe.jpg": its end is turned around.
    ("ann\u{202E}gpj.exe", "anngpj.exe"),
    ("a\u{2066}b\u{2069}\u{FEFF}\u{AD}.txt", "ab.txt"),
    ("a\u{2028}b.txt", "a b.txt"),
    ("a\u{E000}\u{FFFE}\u{10FFFF}.txt", "a.txt"),
    ("e\u{301}.txt", "é.txt"),
    ("CON.txt", "CON.txt"),
    ("%2e%2e%2fa", "%2e%2e%2fa"),
  ]

  @Test(arguments: names)
  func `a name is one line without a path or anything hidden`(raw: String, cleaned: String) {
    #expect(FileName.cleaned(raw).unicodeScalars.elementsEqual(cleaned.unicodeScalars), "\(FileName.cleaned(raw))")
    #expect(FileName.cleaned(cleaned) == cleaned)
  }

  @Test func `a long name is cut before its ending, between characters`() {
    let long = FileName.cleaned(String(repeating: "é", count: 300) + ".tar")
    #expect(long == String(repeating: "é", count: 98) + ".tar")
    #expect(FileName.cleaned(String(repeating: "a", count: 201)) == String(repeating: "a", count: 200))
    #expect(FileName.cleaned(String(repeating: "a", count: 200)).utf8.count == 200)
    // An ending that is none.
    #expect(FileName.cleaned("a." + String(repeating: "b", count: 300)).utf8.count == 200)
    let family = FileName.cleaned(String(repeating: "👍🏽", count: 60) + ".png")
    #expect(family == String(repeating: "👍🏽", count: 24) + ".png")
    // One character of a thousand scalars.
    let marks = FileName.cleaned("a" + String(repeating: "\u{301}", count: 1000))
    #expect(!marks.isEmpty && marks.utf8.count <= 200)
    #expect(FileName.cleaned("." + String(repeating: "/", count: 100_000) + "a.txt") == "a.txt")
    #expect(FileName.cleaned(String(repeating: "x", count: 1_000_000)).utf8.count == 200)
  }

  static let dispositions: [(String, Bool, String)] = [
    ("photo.jpg", true, "inline; filename=\"photo.jpg\""),
    ("a b.txt", false, "attachment; filename=\"a b.txt\""),
    ("Grüße.txt", false, "attachment; filename=\"Gr__e.txt\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt"),
    ("a\"b\\c%41.txt", false, "attachment; filename=\"a_b_c_41.txt\"; filename*=UTF-8''a%22b%5Cc%2541.txt"),
    ("a\r\nX: 1", false, "attachment; filename=\"a__X: 1\"; filename*=UTF-8''a%0D%0AX%3A%201"),
    ("☃;'(*).txt", false, "attachment; filename=\"_;'(*).txt\"; filename*=UTF-8''%E2%98%83%3B%27%28%2A%29.txt"),
    ("\u{1}", true, "inline; filename=\"_\"; filename*=UTF-8''%01"),
  ]

  @Test(arguments: dispositions)
  func `a browser is told the name in ASCII and, if that is not all, in UTF-8`(name: String, isInline: Bool, value: String) {
    #expect(ContentDisposition.value(name: name, isInline: isInline) == value)
  }

  @Test func `no name leaves its header`() {
    for code in UInt32(0)...0x2FF {
      guard let scalar = UnicodeScalar(code) else { continue }
      let value = ContentDisposition.value(name: "a\(Character(scalar))b", isInline: false)
      #expect(value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
      #expect(value.utf8.filter { $0 == UInt8(ascii: "\"") }.count == 2)
    }
  }
}
