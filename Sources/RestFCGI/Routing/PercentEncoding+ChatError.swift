// Percent-decoding of what a client sent, with the error for the client.
import Domain
import HTTPSyntax

extension PercentEncoding {
  /// Appends the decoded bytes.
  static func decoding(_ text: some Collection<UInt8>, plusIsSpace: Bool = false, into bytes: inout [UInt8]) throws(ChatError) {
    do throws(Malformed) {
      try decode(text, plusIsSpace: plusIsSpace, into: &bytes)
    } catch {
      switch error {
      case .brokenEscape: throw ChatError(.malformedRequest, "A percent sign is not followed by two hexadecimal digits.")
      case .escapedNUL: throw ChatError(.malformedRequest, "The control character NUL (%00) is not allowed.")
      }
    }
  }

  /// The text of a name, or of the value of `name`, form-encoded unless `plusIsSpace` is false. Throws also for invalid UTF-8, and for too many combining marks on one
  /// character.
  static func formText(_ text: some Collection<UInt8>, of name: String? = nil, plusIsSpace: Bool = true) throws(ChatError)
    -> String
  {
    var bytes: [UInt8] = []
    try decoding(text, plusIsSpace: plusIsSpace, into: &bytes)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ChatError(.malformedRequest, name.map { "The value of \($0.prefix(64)) is not UTF-8 text." } ?? "A name is not UTF-8 text.")
    }
    guard CombiningMarkLimit.isBounded(in: text) else {
      guard let name else { throw ChatError(.malformedRequest, CombiningMarkLimit.detail) }
      throw .invalid(name, "characters", CombiningMarkLimit.detail)
    }
    return text
  }
}
