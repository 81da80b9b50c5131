// One line of what `echochatctl verify` finds.

/// What was checked, and what is wrong with it.
public struct CheckLine: Equatable, Sendable {
  public let name: String
  /// Empty: nothing.
  public let faults: [String]
  /// What is worth knowing of what is whole.
  public let note: String?

  init(_ name: String, _ faults: [String] = [], note: String? = nil) {
    (self.name, self.faults, self.note) = (name, faults, note)
  }

  /// Sentences of one line: the first is what matters, and a file that is gone is often one of many.
  private static let faultsShown = 3

  public var text: String {
    guard !faults.isEmpty else { return "\(name): ok\(note.map { " (\($0))" } ?? "")" }
    let more = faults.count - Self.faultsShown
    return "\(name): \(faults.prefix(Self.faultsShown).joined(separator: "; "))\(more > 0 ? "; and \(more) more" : "")"
  }
}
