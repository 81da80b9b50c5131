// The sockets at which browsers and clients reach nginx under `serve`.
import Configuration
import Glibc
import Posix

final class HTTPListeners {
  /// A socket that is closed with its owner.
  private final class Listener {
    let descriptor: FileDescriptor

    init(_ address: SocketAddress) throws(Errno) {
      descriptor = try listeningSocket(at: address, nonblocking: true)
    }
  }

  let addresses: [SocketAddress]
  /// The sockets' numbers in rising order.
  let numbers: [Int32]
  private var listeners: [Listener]

  /// Listens at every address. Throws for one that cannot be had, with the setting to change.
  init(_ settings: Settings) throws {
    let setting = settings.listen.isEmpty ? "ECHOCHAT_PORT chooses another port" : "ECHOCHAT_LISTEN chooses other addresses"
    var (addresses, listeners) = ([SocketAddress](), [Listener]())
    let wanted = try Self.addresses(settings)
    for address in wanted {
      do throws(Errno) {
        listeners.append(try Listener(address))
        addresses.append(address)
      } catch {
        let reason = "\(address): \(String(cString: strerror(error.code)))"
        // A kernel without IPv6: an image that listens at [::], too, runs on it all the same.
        guard error.code == EAFNOSUPPORT, wanted.count > 1 else { throw Failure("\(reason); \(setting)") }
        Log.warning("\(reason); nobody listens there")
      }
    }
    guard !listeners.isEmpty else { throw Failure("nginx would listen nowhere; \(setting)") }
    self.addresses = addresses
    self.listeners = listeners
    numbers = listeners.map { $0.descriptor.number }.sorted()
  }

  private static func addresses(_ settings: Settings) throws -> [SocketAddress] {
    guard !settings.listen.isEmpty else { return [.ipv4(host: "127.0.0.1", port: settings.port)] }
    return try settings.listen.map { text in
      guard let address = SocketAddress(text), isNumeric(address) else {
        throw Failure(
          "ECHOCHAT_LISTEN=\(settings.listen.joined(separator: ",")): wanted addresses and ports such as 0.0.0.0:8080 or [::]:8080, "
            + "separated by commas; \(text) is none", status: Failure.invalidSetting)
      }
      return address
    }
  }

  /// Whether it has an address of digits, and a port.
  private static func isNumeric(_ address: SocketAddress) -> Bool {
    switch address {
    case .unix: return false
    case .ipv4(_, let port), .ipv6(_, let port):
      return port > 0 && (try? address.withSockaddr { (_, _) throws(Errno) in }) != nil
    }
  }

  /// Where a program on this machine reaches the first of them.
  var local: SocketAddress { Self.local(addresses[0]) }

  /// Where a program on this machine reaches what listens at an address.
  static func local(_ address: SocketAddress) -> SocketAddress {
    switch address {
    case .ipv4("0.0.0.0", let port): .ipv4(host: "127.0.0.1", port: port)
    case .ipv6(let host, let port) where host.allSatisfy { $0 == ":" || $0 == "0" }: .ipv6(host: "::1", port: port)
    case let address: address
    }
  }

  /// Closes them. New connections are refused once nginx has closed its copies, too.
  func close() { listeners = [] }
}
