// The names of the daemon's frames on the wire.
import Domain

/// The `event` of a frame that is not in the journal: a reply, the welcome, an ephemeral event, or the end of an event stream.
public enum FrameName: String, Sendable, CaseIterable {
  case welcome
  case ok
  case error
  case pong
  case userTyping = "user_typing"
  case presence
  case close

  /// The `event` words of all frames that clients receive, each once: those of the journal and these.
  public static var allWords: [String] {
    var words: [String] = []
    for word in EventKind.allCases.compactMap(\.word).map({ "\($0)" }) + allCases.map(\.rawValue) where !words.contains(word) {
      words.append(word)
    }
    return words
  }
}

extension JSONWriter {
  /// Writes the first member of a frame.
  mutating func field(event name: FrameName) {
    field("event", name.rawValue)
  }
}
