// Puts frames on the wire: bare ones as a server sends them, masked ones as a client must (RFC 6455 section 5.2).

/// Appends frames to a buffer of the caller's. A server's frame does not depend on who gets it, so one that is written once serves a whole room.
public enum FrameWriter {
  /// The most bytes of payload in a control frame (section 5.5).
  public static let maxControlPayload = 125
  /// The most bytes of UTF-8 that a close reason may have: 125 less the code.
  public static let maxCloseReason = 123

  /// Bytes of the header before a payload of `payloadCount` bytes: 2, 4 or 10, and 4 more if masked.
  public static func headerSize(payloadCount: Int, isMasked: Bool = false) -> Int {
    (payloadCount <= 125 ? 2 : payloadCount <= 0xFFFF ? 4 : 10) + (isMasked ? 4 : 0)
  }

  /// Appends a server's header only; `payloadCount` bytes of payload are for the caller to add.
  public static func appendHeader(_ opcode: Opcode, payloadCount: Int, isFinal: Bool = true, to out: inout [UInt8]) {
    appendHeader(opcode, payloadCount: payloadCount, isFinal: isFinal, maskBit: 0, to: &out)
  }

  /// Appends a server's frame. A control frame's payload beyond `maxControlPayload` is left out.
  public static func append(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer, isFinal: Bool = true, to out: inout [UInt8]) {
    let payload = fit(payload, opcode)
    reserve(headerSize(payloadCount: payload.count) + payload.count, in: &out)
    appendHeader(opcode, payloadCount: payload.count, isFinal: isFinal, to: &out)
    out.append(contentsOf: payload)
  }

  /// Appends a server's frame. A control frame's payload beyond `maxControlPayload` is left out.
  public static func append(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, to out: inout [UInt8]) {
    payload.withUnsafeBytes { append(opcode, $0, isFinal: isFinal, to: &out) }
  }

  /// Appends a client's frame, masked with `key`. A control frame's payload beyond `maxControlPayload` is left out.
  public static func appendMasked(
    _ opcode: Opcode, _ payload: UnsafeRawBufferPointer, isFinal: Bool = true, key: MaskingKey, to out: inout [UInt8]
  ) {
    let payload = fit(payload, opcode)
    reserve(headerSize(payloadCount: payload.count, isMasked: true) + payload.count, in: &out)
    appendHeader(opcode, payloadCount: payload.count, isFinal: isFinal, maskBit: 0x80, to: &out)
    appendBigEndian(key.bits.byteSwapped, to: &out)
    let start = out.count
    out.append(contentsOf: payload)
    out.withUnsafeMutableBytes { bytes in
      var key = key
      key.apply(to: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
    }
  }

  /// Appends a client's frame, masked with `key`. A control frame's payload beyond `maxControlPayload` is left out.
  public static func appendMasked(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, key: MaskingKey, to out: inout [UInt8]) {
    payload.withUnsafeBytes { appendMasked(opcode, $0, isFinal: isFinal, key: key, to: &out) }
  }

  /// The payload of a Close frame (section 5.5.1): empty without a code, otherwise the code and as many whole characters of `reason`
  /// as fit in `maxCloseReason` bytes.
  public static func closePayload(_ code: CloseCode?, reason: String = "") -> [UInt8] {
    guard let code else { return [] }
    var payload: [UInt8] = []
    appendBigEndian(code.rawValue, to: &payload)
    payload.append(contentsOf: cut(Array(reason.utf8), to: maxCloseReason))
    return payload
  }

  /// Appends a server's Close frame. `ProtocolState.appendClose` is the one to use on a live connection: it never sends two.
  public static func appendClose(_ code: CloseCode?, reason: String = "", to out: inout [UInt8]) {
    append(.close, closePayload(code, reason: reason), to: &out)
  }
}

extension FrameWriter {
  private static func appendHeader(_ opcode: Opcode, payloadCount: Int, isFinal: Bool, maskBit: UInt8, to out: inout [UInt8]) {
    out.append((isFinal ? 0x80 : 0) | opcode.rawValue)
    if payloadCount <= 125 {
      out.append(maskBit | UInt8(payloadCount))
    } else if let count = UInt16(exactly: payloadCount) {
      out.append(maskBit | 126)
      appendBigEndian(count, to: &out)
    } else {
      out.append(maskBit | 127)
      appendBigEndian(UInt64(payloadCount), to: &out)
    }
  }

  private static func appendBigEndian<Number: FixedWidthInteger>(_ number: Number, to out: inout [UInt8]) {
    withUnsafeBytes(of: number.bigEndian) { out.append(contentsOf: $0) }
  }

  /// Room for `count` more bytes, at least doubling: reserving exactly would copy a growing buffer at every frame.
  private static func reserve(_ count: Int, in out: inout [UInt8]) {
    let needed = out.count + count
    if needed > out.capacity { out.reserveCapacity(max(needed, out.capacity * 2)) }
  }

  private static func fit(_ payload: UnsafeRawBufferPointer, _ opcode: Opcode) -> UnsafeRawBufferPointer {
    guard opcode.isControl, payload.count > maxControlPayload else { return payload }
    return UnsafeRawBufferPointer(rebasing: payload[..<maxControlPayload])
  }

  /// The longest beginning of valid UTF-8 that has at most `limit` bytes and ends between two characters.
  private static func cut(_ utf8: [UInt8], to limit: Int) -> ArraySlice<UInt8> {
    guard utf8.count > limit else { return utf8[...] }
    var end = limit
    while end > 0, utf8[end] & 0xC0 == 0x80 { end -= 1 }
    return utf8[..<end]
  }
}
