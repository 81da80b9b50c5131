// The words of a query as terms of the index.
public import SQL
public import TextSearch

extension SearchIndex {
  /// For each word the terms that it matches; nil if no message in the index can match all the words.
  public static func groups(_ query: SearchQuery, fuzzy: Bool, _ index: Database) throws -> [[SearchTerm]]? {
    try TermDictionary.messages.groups(query, fuzzy ? .fuzzy : .substring, index).map { groups in
      groups.map { $0.map(SearchTerm.word) }
    }
  }
}
