// What the driver hears: one JSON object a line.
import FoundationEssentials
import Glibc

enum Report {
  /// The driver reads its meters when it hears these.
  enum Phase: String, Encodable {
    /// All lines of the stage are open.
    case opened
    case measuring
    case measured
  }

  static func phase(_ phase: Phase) {
    write(["phase": phase.rawValue])
  }

  static func done(_ outcome: Outcome) {
    write(Done(result: outcome))
  }

  /// A run that lost, doubled or mixed up anything, or was refused something, has no figures: says why and ends the program.
  static func void(_ reason: String) -> Never {
    write(["phase": "void", "reason": reason])
    exit(1)
  }

  private struct Done: Encodable {
    let phase = "done"
    let result: Outcome
  }

  private static func write(_ object: some Encodable) {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    var line = (try? encoder.encode(object)).map { Array($0) } ?? []
    line.append(UInt8(ascii: "\n"))
    _ = Glibc.write(STDOUT_FILENO, line, line.count)
  }
}
