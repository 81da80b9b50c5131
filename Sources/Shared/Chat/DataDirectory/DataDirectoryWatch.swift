// Looks, four times a second, whether the database and the program's sockets are still in their places, and for changed keys.
import Auth
import Configuration
public import Posix

/// A database that was replaced ends the program: what it would acknowledge goes into a file that is lost. Sockets are put back.
public final class DataDirectoryWatch: Sendable {
  public static let tickMilliseconds: Int64 = 250
  /// The database is read, and the file of a host application's keys looked at, every so many ticks; the database's file is looked at in each.
  private static let ticksPerRead = 4

  private let thread: BackgroundThread

  /// Starts the thread. `sockets` are those that this program has bound; `onRebound` is called on the thread when there is another socket
  /// under the number of one.
  public init(_ chat: Chat, sockets: [UnixSocket], onRebound: @escaping @Sendable () -> Void) {
    thread = BackgroundThread(name: "watch") { stop in
      var tick = 0
      var repeated = RepeatedError()
      while !stop.wait(milliseconds: Self.tickMilliseconds) {
        tick += 1
        do {
          if tick % Self.ticksPerRead == 0 {
            if let reason = try chat.directory.difference() { chat.databaseReplaced(reason) }
            chat.hostTokens?.reloadIfChanged()
          } else {
            try? chat.confirmCommit()
          }
          for socket in sockets { try Self.restore(socket, onRebound) }
          _ = repeated.isNew(nil)
        } catch {
          if repeated.isNew(error) { Log.error("\(error)") }
        }
      }
    }
  }

  public func stop() {
    thread.stop()
  }

  private static func restore(_ socket: UnixSocket, _ onRebound: () -> Void) throws(Errno) {
    switch try socket.restore() {
    case .unchanged: return
    case .linked: break
    case .rebound: onRebound()
    }
    Log.warning("\(socket.path) was removed or replaced; it leads to this process again")
  }
}
