// Reason phrases of status codes.
import HTTPSyntax
import Testing

@Suite struct ReasonPhraseTests {
  @Test func `the phrases are those of RFC 9110`() {
    #expect("\(ReasonPhrase.of(101))" == "Switching Protocols")
    #expect("\(ReasonPhrase.of(404))" == "Not Found")
    #expect("\(ReasonPhrase.of(422))" == "Unprocessable Content")
    #expect("\(ReasonPhrase.of(599))" == "Unknown")
  }
}
