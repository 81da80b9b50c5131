// The moment between a child's birth and its program: `echochatctl become PARENT FILES PROGRAM ARGUMENTS…`, for `serve` alone.
import Glibc
import Posix

/// posix_spawn can set neither of these, and what is forked off a Swift program may do next to nothing before it becomes another.
enum ExecTrampoline {
  static let command = "become"

  static func run(_ arguments: [String]) -> Never {
    guard arguments.count >= 3, let parent = pid_t(arguments[0]), let files = UInt(arguments[1]) else { exit(64) }
    // A supervisor that is killed takes its children with it.
    Process.dieWithParent(signal: SIGTERM)
    guard getppid() == parent else { exit(0) }
    Process.limitOpenFiles(to: files)
    let program = arguments[2]
    var words = arguments[2...].map { strdup($0) } + [nil]
    execv(program, &words)
    Log.error("\(Errno("cannot start \(program)"))")
    exit(127)
  }
}
