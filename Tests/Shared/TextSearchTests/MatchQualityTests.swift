// How well names match a query.
import Testing
import TextSearch

@Suite struct MatchQualityTests {
  @Test func `the quality of a name is how the words of the query are in it`() throws {
    func quality(_ query: String, _ names: String..., description: String = "") throws -> MatchQuality? {
      try SearchQuery(query).quality(names: names, description: description)
    }
    #expect(try quality("Anna Berg", "x", "anna berg") == .fullName)
    #expect(try quality("anna", "annabel") == .namePrefix && quality("anna ber", "x", "Anna Bergson") == .namePrefix)
    #expect(try quality("anna", "annabel", "x anna") == .namePrefix && quality("anna", "an", "na") == nil)
    #expect(
      try quality("berg", "anna berg") == .words && quality("ber", "anna berg") == .words && quality("berg anna", "anna berg") == .words)
    #expect(
      try quality("anna berg", "anna", description: "bergs") == .description && quality("berg", "anna", description: "berg") == .description
    )
    #expect(try quality("erg", "anna berg") == .substring && quality("anna erg", "anna berg") == .substring)
    #expect(try quality("bergh", "anna berg") == .fuzzy && quality("anna nerg", "anna berg") == .fuzzy)
    #expect(try quality("anna berg", "anna", description: "nerg") == .fuzzy)
    #expect(try quality("zzzz", "anna berg", description: "anna") == nil)
    #expect(try quality("", "anna") == nil && quality("anna", "") == nil && quality("-", "-") == nil)
  }
}
