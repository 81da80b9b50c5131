// The lock on a data directory that every program takes, so that each role has one holder and a start knows whether it is the first.
import Posix

/// Held as long as the object lives; the kernel releases it however the process ends.
public final class DataDirectoryLock: Sendable {
  /// What a program does with the data. Of the roles that are exclusive there is one holder at a time.
  public enum Role: String, Sendable, CaseIterable {
    /// `echochatctl serve`.
    case serve
    /// `echochat-push`.
    case push
    /// `echochat-rest`: two serve side by side while one replaces the other.
    case rest
    /// Another command of `echochatctl`.
    case command
    /// `echochat-outbound`.
    case outbound

    var isExclusive: Bool { self == .serve || self == .push || self == .outbound }
    var program: String {
      switch self {
      case .serve: "`echochatctl serve`"
      case .push: "echochat-push"
      case .rest: "echochat-rest"
      case .command: "echochatctl"
      case .outbound: "echochat-outbound"
      }
    }
  }

  /// Why a program may not start, in a sentence for the operator.
  public struct InUse: Error, Equatable, CustomStringConvertible {
    public let description: String
  }

  /// Bytes of the file. Those of the exclusive roles begin a line that names the holder.
  private enum Byte {
    static let lineBytes = 32
    static func role(_ role: Role) -> Int {
      switch role {
      case .serve: 0
      case .push: lineBytes
      case .rest: 2 * lineBytes
      case .command: 3 * lineBytes
      // The line of a later version: the bytes between mean the same to programs of every version, which may run side by side.
      case .outbound: 5 * lineBytes
      }
    }
    /// Every program holds it shared, and the first one exclusively while it starts.
    static let use = 4 * lineBytes
    /// Held by who compares, changes or writes the identity of the history.
    static let identity = use + 1
  }

  private let path: String
  private let bytes: ByteLocks

  /// Opens the lock file and takes the role. Throws `InUse` if another process has it, and `Errno`.
  public init(path: String, as role: Role) throws {
    self.path = path
    bytes = try ByteLocks(path: path)
    guard role.isExclusive else { return }
    let offset = Byte.role(role)
    guard try bytes.take(offset, .exclusive) else {
      let holder = bytes.text(at: offset, count: Byte.lineBytes).split(separator: " ").last { Int($0) != nil }
      let process = holder.map { " (process \($0))" } ?? ""
      throw InUse(description: "another \(role.program)\(process) runs on this data directory: it holds \(path)")
    }
    bytes.write(Self.line(role), at: offset)
  }

  private static func line(_ role: Role) -> String {
    let text = "\(role.rawValue) \(Process.id)"
    return text + String(repeating: " ", count: Byte.lineBytes - 1 - text.utf8.count) + "\n"
  }

  /// Joins those who use the data. True if nobody does yet: then the others wait until `admitOthers`. Blocks while another first one
  /// starts.
  func join() throws -> Bool {
    if try bytes.take(Byte.use, .exclusive) { return true }
    try bytes.wait(Byte.use, .shared)
    return false
  }

  /// Takes the data for this process alone. False if anybody uses them.
  func joinAlone() throws -> Bool { try bytes.take(Byte.use, .exclusive) }

  func admitOthers() throws { try bytes.wait(Byte.use, .shared) }

  /// Runs `body` while no other program compares or changes the identity of the history. Blocks.
  func withIdentity<Result>(_ body: () throws -> Result) throws -> Result {
    try bytes.wait(Byte.identity, .exclusive)
    defer { bytes.release(Byte.identity) }
    return try body()
  }
}
