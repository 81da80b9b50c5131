// Errors as problem documents.
import Domain
import HTTPSyntax
import TestSupport
import Testing
import Wire

@testable import RestFCGI

@Suite struct ErrorResponseTests {
  @Test(arguments: ChatError.Code.allCases.map(\.status) + HTTPError.Code.allCases.map(\.status))
  func `every error code has a status with a reason phrase`(status: Int) {
    #expect("\(ReasonPhrase.of(status))" != "Unknown")
  }

  @Test func `an error becomes a problem document with the request id`() {
    let response = Response(ChatError.invalid("limit", "range", "No."), requestID: "00000000000000ff")
    #expect(response.status == 422)
    #expect("\(response.contentType)" == "application/problem+json")
    #expect(response.code == "invalid_field")
    #expect(response.json?["request_id"]?.text == "00000000000000ff")
    #expect(response.json?["errors"] == .array([.object(["field": .string("limit"), "code": .string("range"), "detail": .string("No.")])]))
    #expect(response.header("Retry-After") == nil && response.header("WWW-Authenticate") == nil)
  }

  @Test(arguments: [(1, "1"), (1000, "1"), (1001, "2"), (4999, "5"), (0, "0")])
  func `Retry-After is in whole seconds, rounded up`(milliseconds: Int64, seconds: String) {
    let response = Response(ChatError(.rateLimited, "Wait.", retryAfterMilliseconds: milliseconds), requestID: "")
    #expect(response.header("Retry-After") == seconds)
    #expect(response.json?["retry_after_ms"]?.number == milliseconds)
  }

  @Test func `a limit is named in the body and in the headers of the draft`() {
    let limit = RateLimit(count: 20, windowMilliseconds: 10_000)
    let response = Response(ChatError.exceeded(.event, limit, retryAfterMilliseconds: 1500), requestID: "")
    #expect(response.status == 429 && response.json?["limit"]?.text == "events" && response.json?["retry_after_ms"]?.number == 1500)
    #expect(response.header("RateLimit-Policy") == #""events";q=20;w=10"#)
    #expect(response.header("RateLimit") == #""events";r=0;t=2"#)
    #expect(response.header("Retry-After") == "2")
  }

  @Test func `an unauthenticated request receives a Bearer challenge`() {
    #expect(Response(ChatError(.unauthenticated, ""), requestID: "").header("WWW-Authenticate") == "Bearer")
    #expect(Response(ChatError(.tokenExpired, ""), requestID: "").header("WWW-Authenticate")?.contains("invalid_token") == true)
    #expect(Response(ChatError(.forbidden, ""), requestID: "").header("WWW-Authenticate") == nil)
  }
}
