// Set-up between spawn and exec: parent-death signal and RLIMIT_NOFILE.
import Glibc
import Posix

/// `echochatctl become PARENT FILES PROGRAM ARGUMENTS…`, used by `serve` alone. posix_spawn can set neither of these, and a process forked off
/// a Swift program may do next to nothing before exec.
enum ExecTrampoline {
  static let command = "become"

  static func run(_ arguments: [String]) -> Never {
    guard arguments.count >= 3, let parent = pid_t(arguments[0]), let files = UInt(arguments[1]) else { exit(64) }
    // When the supervisor is killed, the kernel ends its children.
    Process.dieWithParent(signal: SIGTERM)
    guard getppid() == parent else { exit(0) }
    Process.limitOpenFiles(to: files)
    let program = arguments[2]
    var argv = arguments[2...].map { strdup($0) } + [nil]
    execv(program, &argv)
    Log.error("\(Errno("cannot start \(program)"))")
    exit(127)
  }
}
