// A preference: who may make the user a member of a room.

/// Numbers are stored in the database: they never change meaning.
public enum AddedBy: Int64, Sendable, CaseIterable {
  case everyone = 1
  /// Those who share a room with the user; all others invite them.
  case contacts = 2

  public var word: String {
    switch self {
    case .everyone: "everyone"
    case .contacts: "contacts"
    }
  }

  public init?(word: String) {
    guard let value = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = value
  }
}
