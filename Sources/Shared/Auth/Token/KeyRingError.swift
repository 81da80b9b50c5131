// Errors of the file of token keys, for the operator, at start.
internal import Posix

public enum KeyRingError: Error, Equatable, CustomStringConvertible {
  /// Others than the owner may read or change the file; `mode` is its permission bits.
  case openToOthers(path: String, mode: UInt32)
  /// `path` is not a regular file.
  case notAFile(path: String)
  /// A line (counted from 1; 0 for the file as a whole) is not `name secret`.
  case malformed(path: String, line: Int, reason: String)
  /// A system call failed; `code` is its errno.
  case system(path: String, operation: String, code: Int32)

  /// A sentence for the operator.
  public var description: String {
    switch self {
    case .openToOthers(let path, let mode):
      """
      The token keys in \(path) are open to others (mode \(String(mode, radix: 8))). If nobody can have read them: chmod 600 \(path). \
      Otherwise delete the file: new keys are made at the next start, and clients refresh their tokens.
      """
    case .notAFile(let path):
      "The token keys must be in a regular file, and \(path) is none."
    case .malformed(let path, 0, let reason):
      "The token keys in \(path) cannot be used: \(reason)."
    case .malformed(let path, let line, let reason):
      "The token keys in \(path) cannot be used: line \(line): \(reason)."
    case .system(let path, let operation, let code):
      "The token keys in \(path) cannot be used: \(Errno(operation, code: code))."
    }
  }

  /// What is wrong with the file, as the end of a sentence about it.
  var reason: String {
    switch self {
    case .openToOthers: "it is open to others"
    case .notAFile: "it is not a regular file"
    case .malformed(_, _, let reason): reason
    case .system(_, let operation, let code): "\(Errno(operation, code: code))"
    }
  }
}
