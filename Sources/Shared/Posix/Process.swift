// Properties of this process: protection, parent-death signal, descriptor limit, environment.
import CLinux
import Glibc

public enum Process {
  /// The setting that allows core dumps, read before all others.
  private static let coreDumpsSetting = "ECHOCHAT_CORE_DUMPS"

  /// Makes this program safe, however it was started: only the owner may read the files that it makes, and no core dump holds the keys and
  /// messages that it has in memory, nor may other processes of its user read that memory. `ECHOCHAT_CORE_DUMPS=on` leaves core dumps, and
  /// the process open to debuggers. Call first in main, and after a change of user, which changes the latter.
  public static func protect() {
    umask(0o077)
    if getenv(coreDumpsSetting).map({ String(cString: $0) }) == "on" { return echochat_set_dumpable(1) }
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    // A core dump that goes to a program (core_pattern) heeds no limit.
    echochat_set_dumpable(0)
  }

  /// The number of this process.
  public static var id: Int32 { getpid() }

  /// Ends the process at once, with EX_IOERR of sysexits.h as damage does, and says why: when going on would lose what is acknowledged.
  public static func end(because reason: String) -> Never {
    Log.error(reason)
    _exit(74)
  }

  /// Has the kernel send `signal` to this process when the thread that started it exits. Survives an exec.
  public static func dieWithParent(signal: Int32) {
    echochat_die_with_parent(signal)
  }

  /// Sets how many descriptors may be open: `wanted`, or the hard limit if that is lower.
  public static func limitOpenFiles(to wanted: UInt) {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
    setrlimit(resource, &limit)
  }

  /// The environment; of a name that is there twice, the first counts, as with getenv(3).
  public static func environment() -> [String: String] {
    var environment: [String: String] = [:]
    var entry = environ
    while let pair = entry.pointee {
      let text = String(cString: pair)
      if let equals = text.firstIndex(of: "=") {
        let name = String(text[..<equals])
        if environment[name] == nil { environment[name] = String(text[text.index(after: equals)...]) }
      }
      entry += 1
    }
    return environment
  }
}
