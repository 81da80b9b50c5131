// Shows each upload to the operator's check, such as a virus scanner.
import Domain
import Posix

struct UploadCheck: Sendable {
  private static let milliseconds = 60_000
  private static let refusedStatus: Int32 = 1

  /// The program's path and its arguments; empty: every file passes.
  let command: [String]

  /// Runs the command with the file's path as its last argument. Throws `file_refused` if it exits with 1, and `unavailable` unless with 0:
  /// what was not checked is not stored.
  func check(_ path: String) throws {
    guard let program = command.first else { return }
    let limits = ChildProcess.Limits(milliseconds: Self.milliseconds, isIsolated: false)
    let environment = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]
    switch try ChildProcess.run(program, command.dropFirst() + [path], environment: environment, limits) {
    case .exited(0): return
    case .exited(Self.refusedStatus): throw ChatError(.fileRefused, "The server's check refuses this file.")
    case let outcome:
      Log.error("ECHOCHAT_UPLOAD_CHECK: \(program) \(outcome): the upload is refused")
      throw ChatError(.unavailable, "Files cannot be checked at the moment. Try again later.", retryAfterMilliseconds: 10_000)
    }
  }
}
