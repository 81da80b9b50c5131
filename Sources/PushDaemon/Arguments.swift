// The command line of echochat-push.
import Posix

/// `--listen ADDRESS` (several; `unix:/path` or `127.0.0.1:port`), `--listen-fd N` (a socket that is already listening), `--loops N`, `--version`,
/// `--commands` (prints the names of all WebSocket commands).
struct Arguments {
  struct Invalid: Error, CustomStringConvertible {
    let description: String
  }

  var listen: [SocketAddress] = []
  var listenDescriptors: [Int32] = []
  var loops: Int?
  var wantsVersion = false
  var wantsCommands = false

  init(_ words: [String]) throws(Invalid) {
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "--version": wantsVersion = true
      case "--commands": wantsCommands = true
      case "--listen":
        guard let text = rest.popFirst(), let address = SocketAddress(text) else {
          throw Invalid(description: "--listen takes unix:/path or 127.0.0.1:port")
        }
        listen.append(address)
      case "--listen-fd":
        guard let number = rest.popFirst().flatMap(Int32.init), number >= 0 else {
          throw Invalid(description: "--listen-fd takes a descriptor's number")
        }
        listenDescriptors.append(number)
      case "--loops":
        guard let count = rest.popFirst().flatMap(Int.init), (1...64).contains(count) else {
          throw Invalid(description: "--loops takes a number from 1 to 64")
        }
        loops = count
      default:
        throw Invalid(description: "unknown argument \(word); known: --listen ADDRESS, --listen-fd N, --loops N, --version, --commands")
      }
    }
  }
}
