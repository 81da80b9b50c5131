// Errors of system calls.
import Glibc

/// `errno` and the call that set it.
public struct Errno: Error, Equatable, CustomStringConvertible {
  public let code: Int32
  public let call: String

  public init(_ call: String, code: Int32? = nil) {
    self.code = code ?? errno
    self.call = call
  }

  public var description: String {
    "\(call): \(String(cString: strerror(code))) (errno \(code))"
  }
}

/// Makes a system call, again while a signal interrupts it; throws `Errno` for -1.
@discardableResult
public func check<Result: SignedInteger>(_ call: String, _ body: () -> Result) throws(Errno) -> Result {
  while true {
    let result = body()
    if result != -1 { return result }
    if errno != EINTR { throw Errno(call) }
  }
}
