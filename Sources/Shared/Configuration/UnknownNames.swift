// Names in the environment or the settings file that look like settings and are none: a misspelt setting would be ignored without a word.
import TextSearch

struct UnknownNames {
  private static let prefix = "ECHOCHAT_"
  /// Names in one warning, and the characters of a name that are shown.
  private static let shownMax = 8
  private static let charactersMax = 64
  /// Of the letters of a name, one in so many may be wrong if it is still to be recognised.
  private static let lettersPerError = 4

  private let known: Set<String>
  private let unknown: [String]

  /// `known` are the names of all settings, `environment` the variables of the process, `file` those of a file in which all are settings.
  init(known: Set<String>, in environment: [String: String], file: [String: String]) {
    self.known = known
    // A setting whose name is in lower case is none, either.
    let similar = environment.keys.filter { $0.uppercased().hasPrefix(Self.prefix) }
    unknown = Set(similar).union(file.keys).subtracting(known).sorted()
  }

  var names: Set<String> { Set(unknown) }

  /// A sentence for the operator; nil if there is nothing to say. It shows no value, which may be a secret.
  var warning: String? {
    guard !unknown.isEmpty else { return nil }
    var shown = unknown.prefix(Self.shownMax).map { name in
      String(name.prefix(Self.charactersMax)) + (nearest(to: name).map { " (is \($0) meant?)" } ?? "")
    }
    if unknown.count > shown.count { shown.append("and \(unknown.count - shown.count) more") }
    return "ignored, since there \(unknown.count == 1 ? "is no such setting" : "are no such settings"): \(shown.joined(separator: ", "))"
  }

  /// The setting with the fewest typing errors in between, or one that the name begins with or is the beginning of; nil if there is none.
  private func nearest(to name: String) -> String? {
    let word = Array(String(name.prefix(Self.charactersMax)).uppercased().unicodeScalars)
    let errorsMax = max(2, (word.count - Self.prefix.count) / Self.lettersPerError)
    let spelled = known.compactMap { candidate in
      EditDistance.distance(word, Array(candidate.unicodeScalars), limit: errorsMax).map { (errors: $0, name: candidate) }
    }
    if let best = spelled.min(by: { ($0.errors, $0.name) < ($1.errors, $1.name) }) { return best.name }
    let text = String(String.UnicodeScalarView(word))
    return known.filter { text.hasPrefix($0) || ($0.hasPrefix(text) && text.count > Self.prefix.count) }.max { $0.count < $1.count }
  }
}
