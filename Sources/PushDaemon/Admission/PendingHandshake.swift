// What a line needs to remember only until it is signed in.
import Domain
import WebSocket

final class PendingHandshake {
  var parser = HandshakeParser()
  /// Bytes that were received and are still to be read: the request, or frames that came before their time.
  var unread: [UInt8] = []
  var since: Int64?
  var room: PublicID?
  /// The `ref` of the `authenticate` command, to be answered on arrival.
  var ref: String?
  var mustAnswer = false
  var tokenExpiresAt: Int64 = .max
}
