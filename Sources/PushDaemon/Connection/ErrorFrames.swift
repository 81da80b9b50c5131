// How a connection learns of an error: the error frame, and the close code where it ends the connection.
import Chat
import Domain
import WebSocket
import Wire

extension ConnectionIO {
  /// Queues the `error` reply to the command `ref`.
  func sendError(_ connection: Connection, _ ref: String?, _ error: ChatError) {
    metrics.refusals.add(error.code.rawValue)
    sendText(connection, ServerFrame.error(ref: ref, error, requestID: Self.requestID()))
  }

  /// 16 hexadecimal digits that name a response in reports; nothing else is known by it.
  static func requestID() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension ChatError {
  /// The reason of a Close frame for a limit, which has this name in `welcome.limits`: also when to come back, if that is known.
  func closeReason(_ limit: String) -> String { (retryAfterMilliseconds.map { "retry_after_ms=\($0); " } ?? "") + limit }

  /// The reason of the Close frame for an error that refuses a session.
  var closeReason: String {
    switch limit?.name {
    case .commands?: closeReason("command_rate")
    case let name?: closeReason(name.rawValue)
    case nil: code.title
    }
  }
}

extension CloseCode {
  /// For an error that refuses or ends a session.
  init(for error: ChatError) {
    switch error.code {
    case .unauthenticated, .badCredentials: self = .unauthenticated
    case .tokenExpired: self = .tokenExpired
    case .suspended: self = .suspended
    case .notFound, .forbidden: self = .policyViolation
    case .rateLimited: self = .tooManyMessages
    default: self = .tryAgainLater
    }
  }
}
