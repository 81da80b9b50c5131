// Properties of this process: parent-death signal, descriptor limit, environment.
import CLinux
import Glibc

public enum Process {
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
