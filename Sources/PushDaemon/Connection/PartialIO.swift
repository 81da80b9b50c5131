// What is half received or half sent on a connection.
import EventLoop
import WebSocket

/// Exists only while there is something unfinished, so that an idle connection does not carry it.
final class PartialIO {
  var sendBuffer = SendBuffer()
  /// Nil between two messages, unless the connection is closing.
  var protocolState: ProtocolState?
}

extension Connection {
  /// Bytes that wait to be sent.
  var unsentBytes: Int { partialIO?.sendBuffer.count ?? 0 }
  var hasSentClose: Bool { isEventStream ? isClosing : partialIO?.protocolState?.hasSentClose ?? false }
  var closeHandshake: ConnectionState.CloseHandshake {
    if isEventStream { return .unanswered }
    guard let protocolState = partialIO?.protocolState, protocolState.isFinished else { return .incomplete }
    return protocolState.hasReceivedClose ? .complete : .unanswered
  }

  /// Reads on in `input` to the next event. A message nearly always lies there whole; then nothing of it is kept.
  func nextEvent(in input: inout ReceivedBytes, limits: ProtocolState.Limits) -> ProtocolState.Event? {
    var protocolState = partialIO?.protocolState ?? ProtocolState(role: .server)
    let event = protocolState.nextEvent(in: &input, limits: limits)
    keep(protocolState)
    return event
  }

  /// Changes the protocol's state, such as by writing a Close frame, and queues what `body` writes.
  func withProtocol(_ body: (inout ProtocolState, inout [UInt8]) -> Void) {
    var protocolState = partialIO?.protocolState ?? ProtocolState(role: .server)
    var bytes: [UInt8] = []
    body(&protocolState, &bytes)
    keep(protocolState)
    queue(bytes)
  }

  private func keep(_ protocolState: ProtocolState) {
    guard protocolState.isIdle else {
      makePartialIO().protocolState = protocolState
      return
    }
    if partialIO?.protocolState != nil {
      partialIO?.protocolState = nil
      freePartialIO()
    }
  }

  /// Queues bytes to be sent by `flush`.
  func queue(_ bytes: UnsafeRawBufferPointer) {
    if !bytes.isEmpty { makePartialIO().sendBuffer.append(bytes) }
  }

  func queue(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { queue($0) }
  }

  /// Queues one message: a text frame, or an event of the stream.
  func queue(text: [UInt8]) {
    makePartialIO().sendBuffer.write { bytes in
      if isEventStream { EventStreamWriter.append(text, to: &bytes) } else { FrameWriter.append(.text, text, to: &bytes) }
    }
  }

  /// Queues whole text frames, as they are shared by many connections.
  func queue(frames: UnsafeRawBufferPointer) {
    guard isEventStream, !frames.isEmpty else { return queue(frames) }
    makePartialIO().sendBuffer.write { EventStreamWriter.append(frames: frames, to: &$0) }
  }

  /// Sends what waits, as far as the socket takes it.
  func flush() -> SendBuffer.Outcome {
    guard let partialIO else { return .drained }
    let outcome = partialIO.sendBuffer.flush(to: socket)
    freePartialIO()
    return outcome
  }

  /// Sends whole text frames, or an event for each.
  func send(frames: UnsafeRawBufferPointer) -> SendBuffer.Outcome {
    guard isEventStream else { return send(shared: frames) }
    queue(frames: frames)
    return flush()
  }

  /// Sends bytes as they are, which many connections share; they are copied only if something waits already or the socket is full.
  @inline(__always)
  func send(shared bytes: UnsafeRawBufferPointer) -> SendBuffer.Outcome {
    if unsentBytes == 0 {
      let (sent, outcome) = SendBuffer.send(bytes, to: socket)
      if outcome == .blocked { queue(UnsafeRawBufferPointer(rebasing: bytes[sent...])) }
      return outcome
    }
    queue(bytes)
    return .blocked
  }

  private func makePartialIO() -> PartialIO {
    if let partialIO { return partialIO }
    let made = PartialIO()
    partialIO = made
    return made
  }

  private func freePartialIO() {
    if let partialIO, partialIO.protocolState == nil, partialIO.sendBuffer.isEmpty { self.partialIO = nil }
  }
}
