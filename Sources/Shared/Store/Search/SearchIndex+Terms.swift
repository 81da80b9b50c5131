// From the words of a query to what the index is asked.
package import Domain

extension SearchIndex {
  /// For each word the terms it may stand for: nil if no message in the index can have all the words.
  package static func groups(_ query: SearchQuery, forgiving: Bool, _ index: Database) throws -> [[SearchTerm]]? {
    try TermDictionary.messages.groups(query, forgiving ? .likenesses : .insides, index).map { groups in
      groups.map { $0.map(SearchTerm.word) }
    }
  }
}
