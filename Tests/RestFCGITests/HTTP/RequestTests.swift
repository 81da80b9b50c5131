// What is read of the parameters that nginx sends.

import Domain
import Testing

@testable import RestFCGI

@Suite struct ParametersTests {
  @Test("only the first equals sign parts name and value")
  func values() {
    let parameters = FastCGIParameters(["REQUEST_METHOD=GET", "REQUEST_URI=/a?b=c", "HTTP_COOKIE=a=b", "UNKNOWN=x", "NOEQUALS", ""])
    #expect(parameters[.requestMethod] == "GET")
    #expect(parameters.target == Array("/a?b=c".utf8))
    #expect(parameters[.cookie] == "a=b")
    #expect(parameters[.authorization] == nil)
    #expect(!parameters.hasRepetition)
  }

  @Test("an empty header is no header")
  func empty() {
    #expect(FastCGIParameters(["HTTP_AUTHORIZATION="])[.authorization] == nil)
  }

  @Test("bytes that are no text neither trap nor pass for other text")
  func noText() {
    var parameters = FastCGIParameters()
    Array("HTTP_AUTHORIZATION=Bearer ".utf8 + [0xff, 0xfe]).withUnsafeBufferPointer { parameters.add($0) }
    #expect(parameters[.authorization] == "Bearer \u{fffd}\u{fffd}")
  }

  @Test(
    "a header that has one value and comes twice is noticed, even if both are alike or the first is empty",
    arguments: ["HTTP_AUTHORIZATION", "HTTP_IDEMPOTENCY_KEY", "CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_X_ECHOCHAT", "REQUEST_URI"])
  func repetition(name: String) {
    #expect(FastCGIParameters([name + "=a", name + "=a"]).hasRepetition)
    #expect(FastCGIParameters([name + "=", name + "=a"]).hasRepetition)
    #expect(!FastCGIParameters([name + "=a", name + "X=a"]).hasRepetition)
  }
}

@Suite struct RequestTests {
  @Test("the length of a body is a number, or is not known")
  func length() throws {
    #expect(try Request.contentLength(FastCGIParameters(["CONTENT_LENGTH=42"])) == 42)
    #expect(try Request.contentLength(FastCGIParameters(["CONTENT_LENGTH="])) == nil)
    #expect(try Request.contentLength(FastCGIParameters([])) == nil)
    for text in ["-1", "+1", "1 ", "0x1", "abc", "99999999999999999999", "1,1"] {
      #expect(throws: ChatError.self) { try Request.contentLength(FastCGIParameters(["CONTENT_LENGTH=" + text])) }
    }
  }

  @Test("a method that nobody knows is none", arguments: ["get", "BREW", "", "GET ", "CONNECT"])
  func method(text: String) {
    #expect(Request(FastCGIParameters(["REQUEST_METHOD=" + text]), body: .bytes([])).method == nil)
  }

  @Test("a program's name for itself is one line of at most 200 scalars, as the database counts them")
  func userAgent() {
    let marks = String(repeating: "\u{301}", count: 900)
    let request = Request(FastCGIParameters(["HTTP_USER_AGENT=a\tb\r\nc\u{7f}e" + marks]), body: .bytes([]))
    #expect(request.userAgent.unicodeScalars.starts(with: "abce".unicodeScalars))
    #expect(request.userAgent.unicodeScalars.count == 200)
    #expect(Request(FastCGIParameters([]), body: .bytes([])).userAgent == "")
  }

  @Test(
    "JSON may be named in several ways",
    arguments: [
      "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"",
      "application/json ; x=y",
    ])
  func json(type: String) {
    #expect(MediaType(type) == .json)
  }

  @Test(
    "other kinds are other kinds",
    arguments: [nil, "", "json", "application/jsonx", "text/json", "application/json; charset=utf-16", "application/json, text/plain"])
  func other(type: String?) {
    #expect(MediaType(type) == .other)
  }

  @Test("a form is a form")
  func form() {
    #expect(MediaType("application/x-www-form-urlencoded; charset=utf-8") == .form)
  }
}
