// What `echochatctl doctor` has found out about one thing.
import Wire

struct Finding {
  enum Level: String {
    case ok
    /// It works, but not as well or as safely as it might, or not for long.
    case warn
    /// Something does not work.
    case fail
  }

  let level: Level
  /// What was looked at.
  let subject: String
  /// What was found, and what to do about it.
  let text: String

  static func ok(_ subject: String, _ text: String) -> Finding { Finding(level: .ok, subject: subject, text: text) }
  static func warn(_ subject: String, _ text: String) -> Finding { Finding(level: .warn, subject: subject, text: text) }
  static func fail(_ subject: String, _ text: String) -> Finding { Finding(level: .fail, subject: subject, text: text) }

  var row: [String] { [level.rawValue, subject, text] }

  func write(_ json: inout JSONWriter) {
    json.object { json in
      json.field("level", level.rawValue)
      json.field("subject", subject)
      json.field("text", text)
    }
  }
}
