// Writing to connections.
import EventLoop
import WebSocket

extension ConnectionIO {
  /// Queues what the protocol has to say. It is sent at the end of the iteration, with everything else that the iteration queues.
  func write(_ connection: Connection, _ body: (inout ProtocolState, inout [UInt8]) -> Void) {
    guard !connection.isClosed else { return }
    connection.withProtocol(body)
    markDirty(connection)
    enforceSendLimit(connection)
  }

  /// Queues bytes as they are.
  func write(_ connection: Connection, _ bytes: [UInt8]) {
    write(connection) { _, out in out = bytes }
  }

  /// Queues one text message.
  func sendText(_ connection: Connection, _ json: [UInt8]) {
    guard !connection.isClosed, !connection.hasSentClose else { return }
    connection.queue(text: json)
    markDirty(connection)
    enforceSendLimit(connection)
  }

  /// Sends a frame that may be lost, unless the peer is slow: what waits is sent first, and if it is not all taken, the frame is dropped.
  func sendEphemeral(_ connection: Connection, _ frame: [UInt8]) {
    guard !frame.isEmpty, !connection.isWaitingToWrite, !connection.hasSentClose, !connection.isClosed else { return }
    var outcome = connection.flush()
    if outcome == .drained { outcome = frame.withUnsafeBytes { connection.send(frames: $0) } }
    if outcome != .drained { handleWriteResult(connection, outcome) }
  }

  /// Sends what waits, as far as the socket takes it.
  func flush(_ connection: Connection) {
    guard !connection.isClosed else { return }
    handleWriteResult(connection, connection.flush())
  }

  func handleWriteResult(_ connection: Connection, _ outcome: SendBuffer.Outcome) {
    switch outcome {
    case .gone:
      handle(.lost, connection)
    case .blocked:
      if !connection.isWaitingToWrite {
        connection.isWaitingToWrite = true
        updateInterest(connection)
      }
      enforceSendLimit(connection)
    case .drained:
      if connection.isWaitingToWrite {
        connection.isWaitingToWrite = false
        updateInterest(connection)
      }
      handle(.writesCompleted(connection.closeHandshake), connection)
    }
  }

  /// Closes a connection whose peer reads too slowly: it can reconnect and resume.
  private func enforceSendLimit(_ connection: Connection) {
    guard connection.unsentBytes > limits.sendBufferBytesMax, !connection.isClosing else { return }
    close(connection, .tooSlow, "too slow: more than \(limits.sendBufferBytesMax) unsent_bytes; reconnect with since")
  }
}
