// Reports to the driver: one JSON object a line.
import FoundationEssentials
import Glibc

enum Report {
  /// The phases of a run; the driver reads CPU time and memory at them.
  enum Phase: String, Encodable {
    /// All connections of the stage are open.
    case opened
    case measuring
    case measured
  }

  static func phase(_ phase: Phase) {
    write(["phase": phase.rawValue])
  }

  static func done(_ result: RunResult) {
    write(Done(result: result))
  }

  /// Reports that the run is invalid (a message was lost, duplicated or changed, or a request was refused), and exits.
  static func invalid(_ reason: String) -> Never {
    write(["phase": "invalid", "reason": reason])
    exit(1)
  }

  private struct Done: Encodable {
    let phase = "done"
    let result: RunResult
  }

  private static func write(_ object: some Encodable) {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    var line = (try? encoder.encode(object)).map { Array($0) } ?? []
    line.append(UInt8(ascii: "\n"))
    _ = Glibc.write(STDOUT_FILENO, line, line.count)
  }
}
