// Parsing of paths.

import Domain
import Testing

@testable import RestFCGI

private func segments(_ target: String) throws -> [String] {
  let path = try Path(Array(target.utf8))
  return (0..<path.count).map(path.text)
}

private func code(_ target: [UInt8]) -> ChatError.Code? {
  do {
    _ = try Path(target)
    return nil
  } catch {
    return error.code
  }
}

@Suite struct PathTests {
  @Test func `a path is split at its slashes and each segment decoded once`() throws {
    #expect(try segments("/api/v1/rooms") == ["api", "v1", "rooms"])
    #expect(try segments("/%61pi/caf%C3%A9/%F0%9F%98%80") == ["api", "café", "😀"])
    #expect(try segments("/%252e%252e") == ["%2e%2e"])
    #expect(try segments("/a;b=c/x+y/~") == ["a;b=c", "x+y", "~"])
  }

  @Test(arguments: [
    "/", "//", "/api/", "/api//v1", "//api", "/.", "/..", "/api/../etc", "/%2e%2e/etc", "/.%2E/etc", "/%2e", "/a%2Fb", "/a%2fb", "/%2F",
  ])
  func `empty segments, dot segments and encoded slashes are not found`(target: String) {
    #expect(code(Array(target.utf8)) == .notFound)
  }

  @Test(arguments: [
    "", "api", "http://other.example/", "*", "/%", "/%2", "/%zz", "/%g0", "/%0", "/%00", "/a%00b", "/%0a", "/%0D%0ASet-Cookie:x=1",
    "/%1f",
    "/%7f", "/%ff", "/%c0%af", "/%ed%a0%80", "/%80", "/%f4%90%80%80", "/\u{7f}", "/\n",
  ])
  func `invalid UTF-8, control characters and broken escapes are malformed`(target: String) {
    #expect(code(Array(target.utf8)) == .malformedRequest)
  }

  @Test(arguments: [
    ("/a%01b", "The path has a control character."), ("/%7f", "The path has a control character."),
    ("/a\nb", "The path has a control character."),
    ("/%00", "The control character NUL (%00) is not allowed."), ("/%ff", "The path is not UTF-8 text."),
    ("/%zz", "A percent sign is not followed by two hexadecimal digits."),
  ])
  func `each fault has its own words`(target: String, detail: String) {
    #expect(throws: ChatError(.malformedRequest, detail)) { try Path(Array(target.utf8)) }
  }

  @Test func `raw bytes are accepted if they are UTF-8`() throws {
    #expect(try segments("/é") == ["é"])
    #expect(code([UInt8(ascii: "/"), 0xff]) == .malformedRequest)
    #expect(code([UInt8(ascii: "/"), 0xc3]) == .malformedRequest)
  }

  @Test func `no random combination of special pieces yields a dangerous segment`() {
    let pieces = ["/", "%", "2", "e", ".", "%2e", "%2f", "%00", "é", "\u{0}", "a", "%c3", "%a9"]
    var state: UInt64 = 7
    for _ in 0..<20_000 {
      var target = "/"
      for _ in 0..<6 {
        state = state &* 6_364_136_223_846_793_005 &+ 1
        target += pieces[Int(state >> 33) % pieces.count]
      }
      guard let path = try? Path(Array(target.utf8)) else { continue }
      for index in 0..<path.count {
        let segment = path.text(index)
        #expect(!segment.isEmpty && segment != "." && segment != ".." && !segment.contains("/") && !segment.contains("\u{0}"), "\(target)")
      }
    }
  }
}
