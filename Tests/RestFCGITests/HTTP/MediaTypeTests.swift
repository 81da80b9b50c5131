// Media types of request bodies.
import Testing

@testable import RestFCGI

@Suite struct MediaTypeTests {
  @Test(arguments: [
    "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=\"UTF-8\"",
    "application/json ; x=y",
  ])
  func `JSON is recognised with parameters and in any case`(type: String) {
    #expect(MediaType(type) == .json)
  }

  @Test(arguments: [nil, "", "json", "application/jsonx", "text/json", "application/json; charset=utf-16", "application/json, text/plain"])
  func `other media types and charsets are not JSON`(type: String?) {
    #expect(MediaType(type) == .other)
  }

  @Test func `a form is recognised`() {
    #expect(MediaType("application/x-www-form-urlencoded; charset=utf-8") == .form)
  }
}
