// The command line of echochat-push.
import Posix
import WebSocket
import Wire

/// `--listen ADDRESS` (several; `unix:/path` or `127.0.0.1:port`), `--listen-fd N` (a socket that is already listening), `--loops N`, `--version`,
/// `--commands`, `--events` and `--close-codes` (print what clients may send, what they receive, and why a connection ends; a word a line).
struct Arguments {
  struct Invalid: Error, CustomStringConvertible {
    let description: String
  }

  var listen: [SocketAddress] = []
  var listenDescriptors: [Int32] = []
  var loops: Int?
  var wantsVersion = false
  /// What is to be printed instead of serving, in the order in which it was asked for.
  var tables: [Table] = []

  /// A table of the interface, printed for tests and tools.
  enum Table: String, CaseIterable {
    case commands = "--commands"
    case events = "--events"
    case closeCodes = "--close-codes"
  }

  init(_ words: [String]) throws(Invalid) {
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "--version": wantsVersion = true
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
        guard let table = Table(rawValue: word) else {
          let tables = Table.allCases.map(\.rawValue).joined(separator: ", ")
          throw Invalid(description: "unknown argument \(word); known: --listen ADDRESS, --listen-fd N, --loops N, --version, \(tables)")
        }
        tables.append(table)
      }
    }
  }
}

extension Arguments.Table {
  var words: [String] {
    switch self {
    case .commands: CommandName.allCases.map(\.rawValue)
    case .events: FrameName.allWords
    case .closeCodes: CloseCode.allCases.map { "\($0.rawValue)" }
    }
  }
}
