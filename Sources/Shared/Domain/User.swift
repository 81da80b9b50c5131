// A user and the checked parts of a profile.

/// What every signed-in user may know of a user.
public struct User: Equatable, Sendable {
  public let rowID: UserRowID
  public let id: PublicID
  public let username: String
  public let displayName: String
  public let statusText: String
  /// The file that is their picture; another picture is another file.
  public let avatar: PublicID?
  public let createdAt: Timestamp

  public init(
    rowID: UserRowID, id: PublicID, username: String, displayName: String, statusText: String, avatar: PublicID? = nil, createdAt: Timestamp
  ) {
    self.rowID = rowID
    self.id = id
    self.username = username
    self.displayName = displayName
    self.statusText = statusText
    self.avatar = avatar
    self.createdAt = createdAt
  }
}

/// A checked user name: 3–32 of `a-z 0-9 _ . -`, folded to lower case, which makes it unique without regard to case.
public struct Username: Equatable, Sendable {
  public let text: String

  public init(_ raw: String, field: String = "username") throws(ChatError) {
    let folded = raw.lowercased()
    guard (3...32).contains(folded.utf8.count) else {
      throw .invalid(field, "length", "A user name has 3 to 32 characters.")
    }
    let allowed = folded.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
      default: false
      }
    }
    guard allowed else { throw .invalid(field, "characters", "A user name is made of a-z, 0-9, _, . and -.") }
    text = folded
  }
}

/// A checked display name: 1–64 characters on one line, without surrounding white space.
public struct DisplayName: Equatable, Sendable {
  public static let charactersMax = 64

  public let text: String

  public init(_ raw: String) throws(ChatError) {
    text = try SingleLineText(raw, field: "display_name", charactersMin: 1, charactersMax: Self.charactersMax).text
  }
}

/// A checked status: up to 250 characters on one line; empty means none.
public struct StatusText: Equatable, Sendable {
  public let text: String

  public init(_ raw: String) throws(ChatError) {
    text = try SingleLineText(raw, field: "status_text", charactersMin: 0, charactersMax: 250).text
  }
}

/// A checked e-mail address: one `@`, a dot-free or dotted local part and a domain, all printable ASCII, at most 254 characters (RFC 5321 4.5.3.1).
/// Folded to lower case. It need not be deliverable.
public struct EmailAddress: Equatable, Sendable {
  public static let bytesMax = 254

  public let text: String

  public init(_ raw: String) throws(ChatError) {
    let folded = raw.lowercased()
    let error = ChatError.invalid("email", "format", "This is not an e-mail address.")
    let parts = folded.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard folded.utf8.count <= Self.bytesMax, parts.count == 2, let local = parts.first, let domain = parts.last else { throw error }
    let printable = folded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !Array("\"(),:;<>[\\]".utf8).contains($0) }
    let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard printable, (1...64).contains(local.count), !labels.isEmpty, labels.allSatisfy({ (1...63).contains($0.count) }) else {
      throw error
    }
    text = folded
  }
}
