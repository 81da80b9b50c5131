// An account of another system, in JSON.
public import Domain

/// The values as text, as they are in CSV; what is null or missing is left out.
public struct ImportRequest: Decodable, Sendable {
  public let values: [ImportedAccount.Field: String]

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ field: ImportedAccount.Field) { stringValue = field.rawValue }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if let unknown = container.allKeys.first(where: { ImportedAccount.Field(rawValue: $0.stringValue) == nil }) {
      throw ImportedAccount.unknownField(unknown.stringValue)
    }
    var values: [ImportedAccount.Field: String] = [:]
    for field in ImportedAccount.Field.allCases {
      switch field {
      case .emailVerified:
        values[field] = try container.decodeIfPresent(Bool.self, forKey: Key(field)).map { $0 ? "true" : "false" }
      default:
        if let text = try container.decodeIfPresent(String.self, forKey: Key(field)), !text.isEmpty { values[field] = text }
      }
    }
    self.values = values
  }
}
