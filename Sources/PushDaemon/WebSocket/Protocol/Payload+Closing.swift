// The payload of Close frames (RFC 6455 section 5.5.1).

extension ProtocolState.Payload {
  /// The code, nil if there is no payload at all, and the reason behind it. Throws `protocolError` for a single byte or a code that must not
  /// be sent, `invalidPayload` for a reason that is not UTF-8.
  func closing() throws(Violation) -> (CloseCode?, reason: Self) {
    if isEmpty { return (nil, reason: self) }
    guard count >= 2 else { throw .closeTooShort }
    let code = try withUnsafeBytes { (bytes) throws(Violation) in
      guard let code = CloseCode(rawValue: UInt16(bytes[0]) << 8 | UInt16(bytes[1])) else { throw .closeCodeReserved }
      guard UTF8Validator.isValid(UnsafeRawBufferPointer(rebasing: bytes[2...])) else { throw .closeReasonInvalid }
      return code
    }
    switch self {
    case .slice(let bytes): return (code, reason: .slice(UnsafeRawBufferPointer(rebasing: bytes[2...])))
    case .owned(let bytes): return (code, reason: .owned(Array(bytes[2...])))
    }
  }
}

extension Violation {
  static let closeTooShort = Violation(.protocolError, "a close payload has a single byte")
  static let closeCodeReserved = Violation(.protocolError, "the close code must not be sent")
  static let closeReasonInvalid = Violation(.invalidPayload, "the close reason is not UTF-8")
}
