// Errors as problem documents.
import Domain
import TestSupport
import Testing
import Wire

@Suite struct ProblemTests {
  @Test func `a problem has its type, status, code and request id, and nothing that does not apply`() throws {
    let problem = try JSONValue(JSONWriter.problem(Problem(ChatError.notFound), requestID: "q1"))
    #expect(
      problem
        == .object([
          "type": .string("/docs/problems#not_found"), "title": .string("Not found"), "status": .integer(404),
          "detail": .string("There is no such thing, or it is not yours to see."), "code": .string("not_found"),
          "request_id": .string("q1"),
        ]))
  }

  @Test func `an invalid field has a code of its own, and a retry its milliseconds`() throws {
    let invalid = try JSONValue(JSONWriter.problem(Problem(ChatError.invalid("data.content", "length", "Too \"long\".")), requestID: ""))
    #expect(
      invalid["errors"]
        == .array([.object(["field": .string("data.content"), "code": .string("length"), "detail": .string("Too \"long\".")])]))
    #expect(invalid["status"] == .integer(422))
    let limited = try JSONValue(
      JSONWriter.problem(
        Problem(ChatError(.rateLimited, "Slow down.", retryAfterMilliseconds: 1234)), requestID: ""))
    #expect(limited["retry_after_ms"] == .integer(1234))
    #expect(limited["status"] == .integer(429))
  }

  @Test func `every code has a status from 400 to 599, a title of its own and the contract's form`() {
    let problems = Problem.all
    #expect(problems.count == ChatError.Code.allCases.count + HTTPError.Code.allCases.count)
    for problem in problems {
      #expect((400...599).contains(problem.status))
      #expect(!problem.title.isEmpty)
      #expect(problem.code.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
    }
    #expect(Set(problems.map(\.title)).count == problems.count && Set(problems.map(\.code)).count == problems.count)
    #expect(
      ChatError.Code.unauthenticated.status == 401 && ChatError.Code.clientIDReused.status == 409 && ChatError.Code.busy.status == 503)
  }

  @Test(arguments: [
    (400, "malformed_request"), (403, "forbidden"), (404, "not_found"), (405, "method_not_allowed"), (413, "payload_too_large"),
    (414, "uri_too_long"), (415, "unsupported_media_type"), (426, "upgrade_required"), (431, "headers_too_large"),
    (503, "unavailable"), (505, "version_not_supported"),
  ])
  func `an HTTP status alone stands for the code of the contract`(status: Int, code: String) {
    let problem = Problem(status: status, detail: "Why.")
    #expect(problem.status == status && problem.code == code && problem.detail == "Why.")
  }
}
