// FastCGI parameters as nginx sends them.
import Testing

@testable import RestFCGI

@Suite struct FastCGIParametersTests {
  @Test func `only the first equals sign separates name and value`() {
    let parameters = FastCGIParameters(["REQUEST_METHOD=GET", "REQUEST_URI=/a?b=c", "HTTP_COOKIE=a=b", "UNKNOWN=x", "NOEQUALS", ""])
    #expect(parameters[.requestMethod] == "GET")
    #expect(parameters.target == Array("/a?b=c".utf8))
    #expect(parameters[.cookie] == "a=b")
    #expect(parameters[.authorization] == nil)
    #expect(!parameters.hasRepetition)
  }

  @Test func `an empty parameter is absent`() {
    #expect(FastCGIParameters(["HTTP_AUTHORIZATION="])[.authorization] == nil)
  }

  @Test func `bytes that are not UTF-8 are repaired and do not trap`() {
    var parameters = FastCGIParameters()
    Array("HTTP_AUTHORIZATION=Bearer ".utf8 + [0xff, 0xfe]).withUnsafeBufferPointer { parameters.add($0) }
    #expect(parameters[.authorization] == "Bearer \u{fffd}\u{fffd}")
  }

  @Test(arguments: ["HTTP_AUTHORIZATION", "HTTP_IDEMPOTENCY_KEY", "CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_X_ECHOCHAT", "REQUEST_URI"])
  func `a repeated header with a single value is noticed, even if both are equal or the first is empty`(name: String) {
    #expect(FastCGIParameters([name + "=a", name + "=a"]).hasRepetition)
    #expect(FastCGIParameters([name + "=", name + "=a"]).hasRepetition)
    #expect(!FastCGIParameters([name + "=a", name + "X=a"]).hasRepetition)
  }
}
