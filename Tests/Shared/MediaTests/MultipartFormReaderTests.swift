// Forms as browsers, curl and Python send them, and as nobody should.
import Media
import TestSupport
import Testing

@Suite struct MultipartFormReaderTests {
  private static func read(_ body: [UInt8], _ boundary: String = "xyz") throws -> MultipartForm {
    try MultipartFormReader.read(MemorySource(body), boundary: boundary)
  }

  private static func part(_ headers: [String], _ content: [UInt8]) -> [UInt8] {
    Array(("--xyz\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n").utf8) + content + "\r\n".utf8
  }

  private static let end = Array("--xyz--\r\n".utf8)

  private static func file(_ disposition: String, _ content: String = "x") -> [UInt8] {
    part(["Content-Disposition: form-data; name=\"file\"; " + disposition], Array(content.utf8)) + end
  }

  @Test func `a form has a file, whose bytes stay where they are, and fields`() throws {
    let content = Array("--xyz\r\n--xy\r\n-- xyz\n--xyz--".utf8) + [0, 0xFF, 0x0D]
    var body = Array("preamble\r\n".utf8) + Self.part(["Content-Disposition: form-data; name=room"], Array("Lobby ☃".utf8))
    body += Self.part(
      ["content-disposition: FORM-DATA; name=\"file\"; filename=\"a.png\"", "Content-Type: image/png", "X-Other: 1"], content)
    body += Self.part(["Content-Disposition: form-data; name=\"room\""], Array("second".utf8)) + Self.end + "epilogue --xyz".utf8
    let form = try Self.read(body)
    let file = try #require(form.file)
    #expect(Array(body[file.content]) == content)
    #expect(file.name == "file" && file.filename == "a.png" && file.mediaType == "image/png")
    #expect(form.fields == ["room": "Lobby ☃"])
    #expect(!form.hasMoreFiles)
  }

  /// As curl 7.88, Chromium and requests write it.
  @Test func `what clients send is read`() throws {
    let curl = Array(
      """
      --------------------------d74496d66958873e\r
      Content-Disposition: form-data; name="file"; filename="a \\"b\\".txt"\r
      Content-Type: text/plain\r
      \r
      hello\r
      --------------------------d74496d66958873e--\r\n
      """.utf8)
    let fromCurl = try #require(try Self.read(curl, "------------------------d74496d66958873e").file)
    #expect(fromCurl.filename == "a \"b\".txt" && Array(curl[fromCurl.content]) == Array("hello".utf8))
    let chromium = Array(
      """
      ------WebKitFormBoundaryABC\r
      Content-Disposition: form-data; name="file"; filename="a %22b%22 100%.txt"\r
      Content-Type: application/octet-stream\r
      \r
      \r
      ------WebKitFormBoundaryABC--\r\n
      """.utf8)
    let fromChromium = try #require(try Self.read(chromium, "----WebKitFormBoundaryABC").file)
    #expect(fromChromium.filename == "a \"b\" 100%.txt" && fromChromium.content.isEmpty)
    let requests = Array(
      "--b\r\nContent-Disposition: form-data; name=\"f\"; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt\r\n\r\nx\r\n--b--\r\n".utf8)
    #expect(try Self.read(requests, "b").file?.filename == "Grüße.txt")
    #expect(try Self.read(requests, "b").file?.mediaType == nil)
  }

  static let filenames: [(String, String?)] = [
    ("filename=a.txt", "a.txt"),
    ("filename=\"a;b.txt\"", "a;b.txt"),
    ("filename=\"C:\\dir\\a.txt\"", "C:\\dir\\a.txt"),
    ("filename=\"a\\\\b\"", "a\\b"),
    ("filename=\"Grüße\"", "Grüße"),
    ("FileName = \"a\" ;", "a"),
    ("filename=\"plain\"; filename*=UTF-8''%e2%98%83", "☃"),
    ("filename*=iso-8859-1'de'Gr%FC%DFe; filename=\"plain\"", "Grüße"),
    // Broken extended names: the plain one counts.
    ("filename=\"plain\"; filename*=UTF-8''%e2%98", "plain"),
    ("filename=\"plain\"; filename*=UTF-8''%+1", "plain"),
    ("filename=\"plain\"; filename*=UTF-8''%4", "plain"),
    ("filename=\"plain\"; filename*=UTF-16''a", "plain"),
    ("filename=\"plain\"; filename*=a", "plain"),
    // None of these is a file.
    ("filename*=a", nil),
    ("other=1", nil),
  ]

  @Test(arguments: filenames)
  func `file names are read in all their spellings`(parameters: String, filename: String?) throws {
    #expect(try Self.read(Self.file(parameters)).file?.filename == filename)
  }

  @Test func `a file field that was left empty is no file, and a second file is told of`() throws {
    let empty = Self.part(["Content-Disposition: form-data; name=\"file\"; filename=\"\""], [])
    #expect(try Self.read(empty + Self.end).file == nil)
    let one = Self.part(["Content-Disposition: form-data; name=\"file\"; filename=\"1\""], [1])
    let two = Self.part(["Content-Disposition: form-data; name=\"more\"; filename=\"2\""], [2])
    let form = try Self.read(empty + one + empty + two + empty + Self.end)
    #expect(form.file?.filename == "1" && form.hasMoreFiles)
    #expect(try !Self.read(empty + one + empty + Self.end).hasMoreFiles)
    #expect(try Self.read(Self.end).file == nil)
  }

  @Test func `white space behind a boundary is not content, a longer boundary is`() throws {
    let body = Array(
      "--xyz \t\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n1\r\n--xyzz\r\n--xyz-\r\n--xyz 2\r\n--xyz  \r\n".utf8)
    let rest = Array("Content-Disposition: form-data; name=g\r\n\r\n\r\n--xyz--".utf8)
    let form = try Self.read(body + rest)
    let content = try #require(form.file?.content)
    #expect(String(decoding: body[content], as: UTF8.self) == "1\r\n--xyzz\r\n--xyz-\r\n--xyz 2")
    #expect(form.fields == ["g": ""])
  }

  @Test func `a boundary is found wherever the window cuts it`() throws {
    let boundary = String(repeating: "b", count: 70)
    let head = Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n".utf8)
    for count in (16 << 10) - 260...(16 << 10) + 10 {
      let content = [UInt8](repeating: 0x0D, count: count - head.count)
      let body = head + content + Array("\r\n--\(boundary)--".utf8)
      let file = try #require(try Self.read(body, boundary).file)
      #expect(file.content == head.count..<head.count + content.count)
    }
  }

  @Test func `a large file is not held`() throws {
    let body = Self.file("filename=a", String(repeating: "\r\n--xy", count: 1 << 20))
    let source = MemorySource(body)
    #expect(try MultipartFormReader.read(source, boundary: "xyz").file?.content.count == 6 << 20)
    #expect(source.largestRead <= 16 << 10)
    #expect(source.bytesRead < 2 * body.count)
  }

  static let broken: [(String, [UInt8])] = [
    ("nothing", []),
    ("no boundary", Array("hello".utf8)),
    ("another boundary", Array("--abc\r\n\r\n--abc--".utf8)),
    ("no end", part(["Content-Disposition: form-data; name=f; filename=a"], [1])),
    ("no end of the headers", Array("--xyz\r\nContent-Disposition: form-data; name=f\r\n".utf8)),
    ("lines that end with LF", Array("--xyz\nContent-Disposition: form-data; name=f\n\nx\n--xyz--\n".utf8)),
    ("a lone LF in a header", part(["Content-Disposition: form-data;\n name=f"], []) + end),
    ("a lone CR in a header", part(["Content-Disposition: form-data;\r name=f"], []) + end),
    ("NUL in a header", part(["Content-Disposition: form-data; name=\"a\0\""], []) + end),
    ("no disposition", part(["Content-Type: text/plain"], []) + end),
    ("two dispositions", part(["Content-Disposition: form-data; name=f", "Content-Disposition: form-data; name=g"], []) + end),
    ("an attachment", part(["Content-Disposition: attachment; name=f"], []) + end),
    ("no name", part(["Content-Disposition: form-data; filename=a"], []) + end),
    ("two names", part(["Content-Disposition: form-data; name=f; name=g"], []) + end),
    ("two file names", file("filename=a; filename=b")),
    ("a name that does not end", part(["Content-Disposition: form-data; name=\"f"], []) + end),
    ("bytes behind a name", part(["Content-Disposition: form-data; name=\"f\"g"], []) + end),
    ("a parameter without a value", part(["Content-Disposition: form-data; name"], []) + end),
    ("a header without a name", part([": x"], []) + end),
    ("a header without a colon", part(["Content-Disposition"], []) + end),
    ("a header that is continued", part(["Content-Disposition: form-data;", " name=f"], []) + end),
    ("an encoded part", part(["Content-Disposition: form-data; name=f", "Content-Transfer-Encoding: base64"], []) + end),
    ("a field that is not UTF-8", part(["Content-Disposition: form-data; name=f"], [0xFF]) + end),
    ("a field that is too long", part(["Content-Disposition: form-data; name=f"], [UInt8](repeating: 0x61, count: 4097)) + end),
    ("too many headers", part((0..<17).map { "X-\($0): 1" }, []) + end),
    ("headers that are too long", part(["X: " + String(repeating: "a", count: 9000)], []) + end),
    ("too many parts", (0..<33).flatMap { part(["Content-Disposition: form-data; name=f\($0)"], []) } + end),
  ]

  @Test(arguments: broken)
  func `a form that breaks the syntax or a bound is refused`(what: String, body: [UInt8]) {
    let error = #expect(throws: MediaError.self) { try Self.read(body) }
    if case .malformed = error { return }
    Issue.record("\(String(describing: error)) is not for the user")
  }

  @Test func `the bounds themselves are taken`() throws {
    let parts = (0..<31).flatMap {
      Self.part(["Content-Disposition: form-data; name=f\($0)"], [UInt8](repeating: 0x61, count: $0 == 0 ? 4096 : 1))
    }
    let headers = (0..<15).map { "X-\($0): 1" } + ["Content-Disposition: form-data; name=f; filename=a"]
    let form = try Self.read(parts + Self.part(headers, [1]) + Self.end)
    #expect(form.fields.count == 31 && form.file != nil)
  }

  static let boundaries: [(String, String?)] = [
    ("multipart/form-data; boundary=xyz", "xyz"),
    ("Multipart/Form-Data;charset=utf-8;BOUNDARY=\"a b:c\"", "a b:c"),
    ("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk", "----WebKitFormBoundary7MA4YWxk"),
    ("multipart/form-data", nil), ("multipart/form-data; boundary=", nil), ("multipart/form-data; boundary=\"\"", nil),
    ("multipart/mixed; boundary=xyz", nil), ("application/json", nil), ("", nil),
    ("multipart/form-data; boundary=\"a \"", nil), ("multipart/form-data; boundary=\"a\\\"b\"", nil),
    ("multipart/form-data; boundary=ä", nil),
    ("multipart/form-data; boundary=a; boundary=b", nil),
    ("multipart/form-data; boundary=" + String(repeating: "a", count: 70), String(repeating: "a", count: 70)),
    ("multipart/form-data; boundary=" + String(repeating: "a", count: 71), nil),
  ]

  @Test(arguments: boundaries)
  func `a boundary is 1 to 70 characters`(contentType: String, boundary: String?) {
    #expect(MultipartFormReader.boundary(contentType: contentType) == boundary)
  }

  @Test func `a form that is cut off or damaged anywhere is read or refused`() {
    let body = Self.part(["Content-Disposition: form-data; name=\"f\"; filename*=UTF-8''%41"], [1, 2]) + Self.file("filename=\"a\\\"\"")
    for count in 0..<body.count - 4 { #expect(throws: MediaError.self) { try Self.read(Array(body.prefix(count))) } }
    var random = SplitMix(seed: 7)
    for _ in 0..<5000 {
      var bytes = body
      for _ in 0..<random.int(1...3) { bytes[random.int(0...bytes.count - 1)] = UInt8(random.int(0...255)) }
      if let file = try? Self.read(bytes).file { #expect(file.content.upperBound <= bytes.count) }
    }
  }
}
