// What the operator calls the site.

/// A checked name: 1–64 characters on one line, without surrounding white space.
public struct SiteName: Equatable, Sendable {
  public static let charactersMax = 64
  public static let standard = SiteName(trusted: "EchoChat")

  public let text: String

  /// Nil for what is no name.
  public init?(_ raw: String) {
    guard let checked = try? SingleLineText(raw, field: "name", charactersMin: 1, charactersMax: Self.charactersMax) else { return nil }
    text = checked.text
  }

  private init(trusted text: String) {
    self.text = text
  }
}
