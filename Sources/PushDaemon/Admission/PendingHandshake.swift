// What a connection needs only until it is admitted.
import Domain
import EventLoop
import WebSocket

final class PendingHandshake {
  var parser = HandshakeParser()
  /// Received bytes that are still to be read: the request, or frames that came too early.
  var unread: [UInt8] = []
  /// What the client gave back, of whatever history.
  var since: Cursor?
  var room: PublicID?
  /// The `ref` of the `authenticate` command, answered on admission.
  var ref: String?
  var tokenExpiresAt: Int64 = .max
  /// Headers of the response that begins an event stream or refuses it.
  var responseHeaders: [HTTPHeader] = []
}

/// The pending handshakes of one loop.
final class PendingHandshakes {
  private var handshakes: [Token: PendingHandshake] = [:]

  /// Made at the first use.
  subscript(_ connection: Connection) -> PendingHandshake {
    if let handshake = handshakes[connection.token] { return handshake }
    let handshake = PendingHandshake()
    handshakes[connection.token] = handshake
    return handshake
  }

  func discard(_ connection: Connection) {
    handshakes[connection.token] = nil
    // Removing leaves a dictionary as large as it was.
    if handshakes.isEmpty { handshakes = [:] }
  }

  var count: Int { handshakes.count }
}
