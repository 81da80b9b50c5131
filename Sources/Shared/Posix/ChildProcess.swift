// Runs another program on bytes of strangers, and waits for it.
import CLinux
import Glibc

public enum ChildProcess {
  public struct Limits: Sendable {
    public let memoryBytes: UInt
    public let fileBytes: UInt
    public let cpuSeconds: UInt
    /// Of the wall clock.
    public let milliseconds: Int
    /// Whether it gets no network, no further rights, and only what others leave of the processors.
    public let isIsolated: Bool

    /// 0 lifts a bound, but for that of the wall clock.
    public init(memoryBytes: UInt = 0, fileBytes: UInt = 0, cpuSeconds: UInt = 0, milliseconds: Int, isIsolated: Bool) {
      self.memoryBytes = memoryBytes
      self.fileBytes = fileBytes
      self.cpuSeconds = cpuSeconds
      self.milliseconds = milliseconds
      self.isIsolated = isIsolated
    }
  }

  /// How a program has ended.
  public enum Outcome: Equatable, Sendable {
    /// By itself, with this status; 127 also if it could not be started.
    case exited(Int32)
    /// By a signal: that of a limit, or of a fault of its own.
    case killed(Int32)
    /// It took too long.
    case timedOut
  }

  /// Runs the program at a path without a shell, without input and output, and with no other environment than `environment`. Blocks. It dies
  /// with the thread that runs it. Throws `Errno` if no process can be made.
  public static func run(
    _ program: String, _ arguments: [String], environment: [String: String], _ limits: Limits
  ) throws(Errno) -> Outcome {
    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var bounds = echochat_limits(
      memory_bytes: limits.memoryBytes, file_bytes: limits.fileBytes, cpu_seconds: limits.cpuSeconds, milliseconds: limits.milliseconds,
      is_isolated: limits.isIsolated ? 1 : 0)
    var status: Int32 = 0
    guard echochat_run(&argv, &envp, &bounds, &status) == 0 else {
      if errno == ETIMEDOUT { return .timedOut }
      throw Errno("run \(program)")
    }
    // The macros of waitpid(2).
    return status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .killed(status & 0x7f)
  }

  /// The path of a program in the directories of PATH and the usual ones; nil if there is none.
  public static func find(_ name: String) -> String? {
    let directories = (Process.environment()["PATH"] ?? "").split(separator: ":").map(String.init)
    return directories.map { $0 + "/" + name }.first { $0.hasPrefix("/") && access($0, X_OK) == 0 }
  }
}
