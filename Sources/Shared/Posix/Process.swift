// What a process says about itself to the kernel.
import CLinux
import Glibc

package enum Process {
  /// From now on the kernel sends `signal` to this process when the thread that started it is gone; an exec does not change that.
  package static func dieWithParent(signal: Int32) {
    echochat_die_with_parent(signal)
  }

  /// Sets how many descriptors may be open, as near to `wanted` as the hard limit allows.
  package static func limitOpenFiles(to wanted: UInt) {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
    setrlimit(resource, &limit)
  }
}
