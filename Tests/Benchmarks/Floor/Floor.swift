// Runs the floor that the first argument names.
import EventLoop
import Glibc
import Posix

enum Floor {
  private static let usage = """
    usage: echochat-floor send ADDRESS...          fans out frames in EchoChat's form to every connection; stores nothing
           echochat-floor answer SOCKET FILE       responds to every FastCGI request with the file
           echochat-floor commit FILE ROWS SECONDS stores messages, ROWS per commit
    """

  static func main(arguments: [String]) -> Int32 {
    do {
      switch arguments.first {
      case "send"? where arguments.count >= 2: try send(arguments.dropFirst())
      case "answer"? where arguments.count == 3: try AnswerFloor.run(socket: arguments[1], file: arguments[2])
      case "commit"? where arguments.count == 4:
        guard let rows = Int(arguments[2]), rows > 0, let seconds = Double(arguments[3]), seconds > 0 else { fallthrough }
        try CommitFloor.run(file: arguments[1], rows: rows, seconds: seconds)
        return 0
      default:
        print(usage)
        return 64
      }
    } catch {
      print("\(error)")
      return 1
    }
    Signals.waitForTermination()
    return 0
  }

  /// Prints the addresses it listens on, one a line.
  private static func send(_ addresses: ArraySlice<String>) throws {
    Process.limitOpenFiles(to: 1 << 20)
    var listeners: [Listener] = []
    for text in addresses {
      guard let address = SocketAddress(text) else { throw Errno("address \(text)", code: EINVAL) }
      let socket = try listeningSocket(at: address, nonblocking: true)
      print("listening on \(boundAddress(of: socket.number) ?? address)")
      listeners.append(Listener(listening: socket))
    }
    fflush(nil)
    let sockets = listeners
    _ = Thread(name: "floor") { SendFloor.run(sockets) }
  }
}
