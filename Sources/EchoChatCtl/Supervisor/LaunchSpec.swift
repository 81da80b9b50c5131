// What is needed to start one program: path, arguments, environment and descriptors.
import Glibc
import Posix

struct LaunchSpec {
  let path: String
  let arguments: [String]
  /// Added to the supervisor's own environment.
  let environment: [String: String]
  /// Left out of it: the supervisor has told the operator of them.
  var omittedNames: Set<String> = []
  /// Becomes descriptor 0; /dev/null if there is none.
  var input: Int32?
  /// Become the descriptors from 3 on.
  var listeners: [Int32] = []
  let openFiles: UInt
  /// The file that receives standard output and error; nil: ours.
  let log: String?

  /// The descriptor under which a program finds the first of its `listeners`.
  static let listenerNumber: Int32 = 3

  /// Starts the program with the signal mask (but for SIGUSR1) and descriptors of a fresh process, in a process group of its own: a
  /// terminal's Ctrl-C reaches the supervisor alone, which then stops everything in the right order.
  func start() throws(Errno) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    } else {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    if let log {
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
      posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    }
    // In rising order: none is overwritten before it is moved.
    for (number, listener) in zip(Self.listenerNumber..., listeners.sorted()) {
      posix_spawn_file_actions_adddup2(&actions, listener, number)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // SIGUSR1 waits until the program, or nginx, is there for it: by default it ends a process.
    var blocked = sigset_t()
    sigemptyset(&blocked)
    sigaddset(&blocked, SIGUSR1)
    var usual = sigset_t()
    sigfillset(&usual)
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

    // /proc/self/exe rather than a path: a build may have replaced the file meanwhile.
    let command = ["echochatctl", ExecTrampoline.command, "\(getpid())", "\(openFiles)", path] + arguments
    let omitted = omittedNames.union(ServiceManager.variables)
    let inherited = Process.environment().filter { !omitted.contains($0.key) }
    let variables = inherited.merging(environment) { _, ours in ours }.map { "\($0.key)=\($0.value)" }
    var argv = command.map { strdup($0) } + [nil]
    var envp = variables.map { strdup($0) } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var pid = pid_t()
    let code = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, &argv, &envp)
    guard code == 0 else { throw Errno("start \(path)", code: code) }
    return pid
  }
}
