// The reason of a ban or a report.

/// A checked reason: up to 500 characters on one line; empty if none was given.
public struct Reason: Equatable, Sendable {
  public let text: String

  public init(_ raw: String?) throws(ChatError) {
    text = try SingleLineText(raw ?? "", field: "reason", charactersMin: 0, charactersMax: 500).text
  }
}
