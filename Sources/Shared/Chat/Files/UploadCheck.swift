// Shows each upload to the operator's check, such as a virus scanner.
import Domain
import Posix

final class UploadCheck: Sendable {
  private static let milliseconds = 60_000
  private static let refusedStatus: Int32 = 1
  /// How many run at once, how many more may wait, and how many of both one user or one address may have. Each holds a thread of the worker
  /// pool, which a slow scanner must not use up.
  private static let (permits, waitersMax, shareMax) = (4, 4, 4)

  /// The program's path and its arguments; empty: every file passes.
  private let command: [String]
  private let limiter = FairLimiter(permits: permits, waitersMax: waitersMax, shareMax: shareMax)

  init(command: [String]) {
    self.command = command
  }

  /// Runs the command with the file's path as its last argument. Throws `file_refused` if it exits with 1, and `unavailable` unless with 0,
  /// or if too many are being checked: what was not checked is not stored.
  func check(_ path: String, for user: UserRowID, at client: String?) throws {
    guard let program = command.first else { return }
    let request = PermitRequest(isPreferred: true, parties: ["user \(user.value)"] + (client.map { ["client \($0)"] } ?? []))
    let outcome = limiter.withPermit(request) { [command] in
      Result { try Self.run(program, command.dropFirst() + [path]) }
    }
    guard case .success(let result) = outcome else { throw Self.busy }
    switch try result.get() {
    case .exited(0): return
    case .exited(Self.refusedStatus): throw ChatError(.fileRefused, "The server's check refuses this file.")
    case let outcome:
      Log.error("ECHOCHAT_UPLOAD_CHECK: \(program) \(outcome): the upload is refused")
      throw Self.unavailable("Files cannot be checked at the moment. Try again later.")
    }
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> ChildProcess.Outcome {
    let limits = ChildProcess.Limits(milliseconds: milliseconds, isIsolated: false)
    let environment = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]
    return try ChildProcess.run(program, arguments, environment: environment, limits)
  }

  private static let busy = unavailable("Too many files are being checked. Try again later.")

  private static func unavailable(_ detail: String) -> ChatError {
    ChatError(.unavailable, detail, retryAfterMilliseconds: 10_000)
  }
}
