// Refusals as clients of OAuth 2 read them.
import Domain
import TestSupport
import Testing
import Wire

@Suite struct OAuthErrorTests {
  private static func document(_ problem: Problem, isForOAuth: Bool = true) throws -> JSONValue {
    var problem = problem
    problem.isForOAuth = isForOAuth
    return try JSONValue(JSONWriter.problem(problem, requestID: "r"))
  }

  @Test(arguments: ChatError.Code.allCases) func `every refusal has a word of RFC 6749`(code: ChatError.Code) throws {
    let expected =
      switch code {
      case .badCredentials, .unauthenticated, .tokenExpired, .suspended: "invalid_grant"
      case .rateLimited, .tooManyConnections, .busy, .unavailable: "temporarily_unavailable"
      case .internalError: "server_error"
      default: "invalid_request"
      }
    let document = try Self.document(Problem(ChatError(code, "No.")))
    #expect(document["error"]?.text == expected && document["error_description"]?.text == "No." && document["code"]?.text == code.rawValue)
  }

  @Test func `an unknown grant is named, and a wrong request of HTTP is invalid`() throws {
    #expect(try Self.document(Problem(.invalid("grant_type", "value", "No.")))["error"]?.text == "unsupported_grant_type")
    #expect(try Self.document(Problem(HTTPError(.unsupportedMediaType, "No.")))["error"]?.text == "invalid_request")
  }

  @Test func `a description is printable ASCII without quotation marks and backslashes`() throws {
    let text = try Self.document(Problem(ChatError(.badCredentials, "\"a\" \\ \t \n~")))["error_description"]?.text
    #expect(text == "'a' ' ' '~")
  }

  @Test func `other refusals do not bear the words`() throws {
    let document = try Self.document(Problem(ChatError(.badCredentials, "No.")), isForOAuth: false)
    #expect(document["error"] == nil && document["error_description"] == nil)
  }
}
