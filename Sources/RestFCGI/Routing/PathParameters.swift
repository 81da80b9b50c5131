// The variable segments of a path, by their names in the route's template.

/// At most three, so a search through them is faster than a dictionary.
struct PathParameters: Equatable, Sendable {
  private let names: [String]
  private let values: [String]

  init(names: [String] = [], values: [String] = []) {
    precondition(names.count == values.count)
    self.names = names
    self.values = values
  }

  /// The decoded segment at `{name}`. The template must have it: another name is a mistake in the handler.
  subscript(name: String) -> String {
    guard let index = names.firstIndex(of: name) else { preconditionFailure("the route has no parameter \(name)") }
    return values[index]
  }
}
