// `Authorization: Bearer …` (RFC 6750 section 2.1).

public enum BearerToken {
  /// What follows the scheme `Bearer`, in any case, without surrounding white space; nil for another scheme or if nothing follows. Works on
  /// bytes: splitting 360 characters as characters takes longer than checking a token's signature.
  @inlinable
  public static func credentials<Text: BidirectionalCollection<UInt8>>(in fieldValue: Text) -> Text.SubSequence?
  where Text.SubSequence: BidirectionalCollection<UInt8>, Text.SubSequence.SubSequence == Text.SubSequence {
    guard let space = fieldValue.firstIndex(of: ASCII.space), ASCII.equalIgnoringCase(fieldValue[..<space], "bearer".utf8) else {
      return nil
    }
    let credentials = ASCII.trimmed(fieldValue[space...])
    return credentials.isEmpty ? nil : credentials
  }

  /// Whether `text` has only characters of `token68` (RFC 9110 section 11.2).
  @inlinable
  public static func isToken68(_ text: some Collection<UInt8>) -> Bool {
    text.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || "-._~+/=".utf8.contains($0) }
  }
}
