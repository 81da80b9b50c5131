// The events of a ProtocolState in a form that tests can compare.

import WebSocket

/// An event with its bytes copied.
enum ObservedEvent: Equatable {
  case text(String)
  case binary([UInt8])
  case ping([UInt8])
  case pong([UInt8])
  case close(CloseCode?, reason: String)
  case violation(CloseCode)

  init(_ event: ProtocolState.Event) {
    switch event {
    case .text(let payload): self = .text(String(decoding: payload.copy(), as: UTF8.self))
    case .binary(let payload): self = .binary(payload.copy())
    case .ping(let payload): self = .ping(payload.copy())
    case .pong(let payload): self = .pong(payload.copy())
    case .close(let code, let reason): self = .close(code, reason: String(decoding: reason.copy(), as: UTF8.self))
    case .violation(let violation): self = .violation(violation.code)
    }
  }

  var isViolation: Bool {
    if case .violation = self { true } else { false }
  }
}

extension ProtocolState.Limits {
  /// The daemon's own.
  static let daemon = Self(maxMessageBytes: 64 * 1024, maxFragments: 16)
  static let generous = Self(maxMessageBytes: 16 * 1024 * 1024, maxFragments: 1_000_000)
}

extension ProtocolState {
  /// Feeds `bytes` as one read from the socket and returns all events; the answers to them are appended to `out`.
  mutating func receive(_ bytes: [UInt8], limits: Limits = .daemon, answersTo out: inout [UInt8]) -> [ObservedEvent] {
    var buffer = bytes
    return buffer.withUnsafeMutableBytes { buffer in
      var input = ReceivedBytes(buffer)
      var observed: [ObservedEvent] = []
      while let event = nextEvent(in: &input, limits: limits) {
        observed.append(ObservedEvent(event))
        appendAnswer(to: event, to: &out)
      }
      return observed
    }
  }

  mutating func receive(_ bytes: [UInt8], limits: Limits = .daemon) -> [ObservedEvent] {
    var out: [UInt8] = []
    return receive(bytes, limits: limits, answersTo: &out)
  }
}

/// The events of a new connection that receives `bytes`, read from the socket in pieces that end at `cuts`.
func events(in bytes: [UInt8], cuts: [Int] = [], role: ProtocolState.Role = .server, limits: ProtocolState.Limits = .daemon)
  -> [ObservedEvent]
{
  var state = ProtocolState(role: role)
  var events: [ObservedEvent] = []
  var start = 0
  for end in cuts + [bytes.count] {
    events += state.receive(Array(bytes[start..<end]), limits: limits)
    start = end
  }
  return events
}

/// The frames that a server wrote, as a client receives them.
func eventsForClient(_ bytes: [UInt8]) -> [ObservedEvent] {
  events(in: bytes, role: .client, limits: .generous)
}

/// A masked frame, as a client sends it.
func clientFrame(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, key: UInt32 = 0x3D21_FA37) -> [UInt8] {
  var out: [UInt8] = []
  FrameWriter.appendMasked(opcode, payload, isFinal: isFinal, key: MaskingKey(bits: key), to: &out)
  return out
}

func clientFrame(_ opcode: Opcode, _ text: String, isFinal: Bool = true) -> [UInt8] {
  clientFrame(opcode, Array(text.utf8), isFinal: isFinal)
}
