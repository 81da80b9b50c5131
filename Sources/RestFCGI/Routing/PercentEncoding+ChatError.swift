// Percent-decoding of what a client sent, with the error for the client.
import Domain
import HTTPSyntax

extension PercentEncoding {
  /// Appends the decoded bytes.
  static func decoding(_ text: some Collection<UInt8>, plusIsSpace: Bool = false, into bytes: inout [UInt8]) throws(ChatError) {
    do throws(Malformed) {
      try decode(text, plusIsSpace: plusIsSpace, into: &bytes)
    } catch {
      throw ChatError(.malformedRequest, "A percent sign is not followed by two hexadecimal digits that stand for a character.")
    }
  }

  /// The text of a form-encoded name or value. Throws also for invalid UTF-8 and for too many combining marks on one character.
  static func formText(_ text: some Collection<UInt8>) throws(ChatError) -> String {
    var bytes: [UInt8] = []
    try decoding(text, plusIsSpace: true, into: &bytes)
    guard let text = String(validating: bytes, as: UTF8.self), CombiningMarkLimit.isBounded(in: text) else {
      throw ChatError(
        .malformedRequest, "This is not UTF-8 text with at most \(CombiningMarkLimit.marksMax) combining marks on a character.")
    }
    return text
  }
}
