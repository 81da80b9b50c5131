// What every program tells of its process.
import Glibc

extension Metrics {
  /// Adds the version of the program and its start, its memory and CPU time, and how many warnings and errors it has logged.
  public func addProcess(version: String) {
    let started = Int(Clock.wallMilliseconds())
    reading(.gauge, "echochat_build_info", "Always 1; the version of a program.", program + [("version", version)]) { 1 }
    reading(.gauge, "echochat_start_time_seconds", "When a program was started, in seconds since 1970.", program, unit: .milliseconds) {
      started
    }
    reading(.counter, "echochat_process_cpu_seconds_total", "CPU time of a program.", program, unit: .microseconds) {
      Self.cpuMicroseconds()
    }
    reading(.gauge, "echochat_process_resident_memory_bytes", "Memory of a program that is in RAM.", program) { Self.residentBytes() }
    for level in Log.countedLevels {
      reading(.counter, "echochat_log_lines_total", "Warnings and errors that a program had to log.", program + [("level", "\(level)")]) {
        Log.count(of: level)
      }
    }
  }

  private static func cpuMicroseconds() -> Int? {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000 + Int(usage.ru_utime.tv_usec) + Int(usage.ru_stime.tv_usec)
  }

  private static func residentBytes() -> Int? {
    // Pages: all, those in RAM, …
    guard let pages = (try? TextFile.read("/proc/self/statm"))?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      return nil
    }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
