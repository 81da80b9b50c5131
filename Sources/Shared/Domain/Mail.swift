// An e-mail that something in the chat causes: what it is about and for whom, not yet its text.

/// Why a mail is sent. The word is also the name of its template.
public enum MailKind: String, Sendable, CaseIterable {
  /// To an address that somebody has given: the link shows that it is theirs. Fields: username, display_name, link.
  case verifyEmail = "verify_email"
  /// To the verified address of an account, which somebody has entered for another one. Fields: username, display_name (of the account).
  case addressTaken = "address_taken"
  /// To who has forgotten the password. Fields: username, display_name, link.
  case resetPassword = "reset_password"
  /// Somebody has signed in from a device that was not seen before. Fields: username, display_name, device, address.
  case newDevice = "new_device"
  /// The password is another one. Fields: username, display_name, device, address.
  case passwordChanged = "password_changed"
  /// To the old address: the account has another one now. Fields: username, display_name, new_email, device, address.
  case emailChanged = "email_changed"
  /// The operator tries whether mail works. No fields.
  case test

  /// Whether it is sent for the sake of its link.
  public var hasLink: Bool {
    switch self {
    case .verifyEmail, .resetPassword: true
    case .addressTaken, .newDevice, .passwordChanged, .emailChanged, .test: false
    }
  }
}

/// What the text of a mail says beside the name and the URL of the site, the recipient, the time and how long it is valid.
public enum MailField: String, Sendable, CaseIterable {
  case username
  case displayName = "display_name"
  /// A secret: anyone who has it may do what the mail is about.
  case link
  /// The program that was used, in a few words.
  case device
  /// The network address that was used.
  case address
  case newEmail = "new_email"
}

/// A mail to be sent. Its fields are bounded and on one line, whatever they are made of.
public struct Mail: Equatable, Sendable {
  public let kind: MailKind
  public let recipient: EmailAddress
  /// Whose account it is about; it goes with the account. Nil for none.
  public let user: UserRowID?
  public let fields: [MailField: String]
  /// Until when its link works: later it is not sent any more. Nil: it stays true.
  public let validUntil: Timestamp?

  /// Bytes of a field; what is longer is cut off.
  public static let fieldBytesMax = 2048

  public init(
    _ kind: MailKind, to recipient: EmailAddress, user: UserRowID?, fields: [MailField: String] = [:], validUntil: Timestamp? = nil
  ) {
    self.kind = kind
    self.recipient = recipient
    self.user = user
    self.fields = fields.mapValues(Self.bounded)
    self.validUntil = validUntil
  }

  /// One line of at most `fieldBytesMax` bytes: control characters, among them line breaks, become spaces.
  private static func bounded(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var bytes = 0
    for scalar in text.unicodeScalars {
      bytes += scalar.utf8.count
      guard bytes <= fieldBytesMax else { break }
      result.append(scalar.isControl ? " " : scalar)
    }
    return String(result)
  }
}

/// How far a stored mail has come.
public enum MailState: Int64, Sendable, CaseIterable {
  case waiting = 1
  case sent = 2
  case givenUp = 3

  /// What it is called outside.
  public var word: String {
    switch self {
    case .waiting: "waiting"
    case .sent: "sent"
    case .givenUp: "given_up"
    }
  }
}

/// A stored mail as the operator sees it: without its fields, which may be secret.
public struct MailRecord: Equatable, Sendable {
  public let id: Int64
  /// The word of `MailKind`; of a newer program it may be another.
  public let kind: String
  public let recipient: String
  public let state: MailState
  public let createdAt: Timestamp
  /// While it waits: when it is tried next. Then: when it was sent or given up.
  public let dueAt: Timestamp
  public let attempts: Int64
  /// Why it was not sent the last time, in one line.
  public let lastError: String?
  /// Until when it can be sent; nil: for ever.
  public let validUntil: Timestamp?

  public init(
    id: Int64, kind: String, recipient: String, state: MailState, createdAt: Timestamp, dueAt: Timestamp, attempts: Int64,
    lastError: String?, validUntil: Timestamp?
  ) {
    self.id = id
    self.kind = kind
    self.recipient = recipient
    self.state = state
    self.createdAt = createdAt
    self.dueAt = dueAt
    self.attempts = attempts
    self.lastError = lastError
    self.validUntil = validUntil
  }
}

/// A stored mail that is to be sent now.
public struct DueMail: Equatable, Sendable {
  public let id: Int64
  /// Nil: a newer program has written it.
  public let kind: MailKind?
  public let recipient: String
  public let fields: [MailField: String]
  /// The left side of its Message-ID.
  public let messageID: String
  public let createdAt: Timestamp
  public let validUntil: Timestamp?
  /// Since when it is tried: since it was made, or the operator has asked for another try.
  public let triedSince: Timestamp
  public let attempts: Int64
  /// How often it was handed to the server without an answer being known.
  public let unanswered: Int64

  public init(
    id: Int64, kind: MailKind?, recipient: String, fields: [MailField: String], messageID: String, createdAt: Timestamp,
    validUntil: Timestamp?, triedSince: Timestamp, attempts: Int64, unanswered: Int64
  ) {
    self.id = id
    self.kind = kind
    self.recipient = recipient
    self.fields = fields
    self.messageID = messageID
    self.createdAt = createdAt
    self.validUntil = validUntil
    self.triedSince = triedSince
    self.attempts = attempts
    self.unanswered = unanswered
  }
}
