// How a process ended, from the status of waitpid(2).

enum ExitStatus: Equatable, CustomStringConvertible {
  case exited(Int32)
  case killed(signal: Int32)

  init(status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
  }

  var description: String {
    switch self {
    case .exited(let code): "has exited with status \(code)"
    case .killed(let signal): "was killed by signal \(signal)"
    }
  }
}
