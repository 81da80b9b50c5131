// The kinds of events in the journal, and the one table of their properties.

/// Numbers are stored in the database: they never change meaning. `userScopedNumbers` and everything from 100 on are ranges that
/// queries rely on.
public enum EventKind: Int64, Sendable, CaseIterable {
  case newMessage = 1
  case messageEdited = 2
  case messageDeleted = 3
  case reactionAdded = 4
  case reactionRemoved = 5
  case receipt = 6
  case messagePinned = 7
  case messageUnpinned = 8
  /// The messages of a room before one are gone: they have been kept as long as they are to be.
  case messagesExpired = 9
  case roomCreated = 10
  case roomUpdated = 11
  case roomDeleted = 12
  case memberJoined = 20
  case memberUpdated = 21
  case memberLeft = 22
  case userUpdated = 30
  /// The receipt of a user who hides their read receipts from others, or of a room too large to send receipts to all.
  case ownReceipt = 56
  /// A member's own view of a room, such as their notification settings.
  case ownMembership = 71
  /// The user has an invitation to a room.
  case invited = 72
  /// The user's preferences have changed.
  case preferencesUpdated = 73
  /// What only users themselves see of their account has changed, such as the e-mail address. Only the newest stays in the journal.
  case ownAccount = 74
  /// A member's draft in a room, or its end.
  case draftUpdated = 75
  case messageSaved = 76
  case messageUnsaved = 77
  /// The tokens of one session have become invalid.
  case sessionEnded = 100
  /// The user may not sign in until further notice.
  case userSuspended = 101
  /// The set of users whom the user blocks has changed; the data are a `BlockChange`.
  case blocksChanged = 102
  /// A deleted user's name has been removed from what they wrote.
  case accountErased = 103
  /// Written by a newer version: it keeps its position and is sent to nobody.
  case unknown = -1

  /// The numbers of the kinds whose scope is `user`.
  public static let userScopedNumbers: ClosedRange<Int64> = 50...99

  /// Who receives an event.
  public enum Scope: Sendable {
    /// The members of its room; for `userUpdated`, everyone who shares a room with the user.
    case room
    /// The user whom it is about, on all of their devices.
    case user
    /// The daemon only.
    case server
  }

  /// Where the data of an event contains a user's document, which an erasure must replace.
  public enum UserDocument: Sendable {
    case none
    /// The data is the document.
    case data
    /// The data has it as the member `user`.
    case member
  }

  /// What follows from a kind.
  public struct Properties: Sendable {
    /// The `event` word of the contract; nil for what no client receives.
    public let word: StaticString?
    public let scope: Scope
    /// Whether it contains a whole state, so that the newest event of a member and room replaces the earlier one.
    public let isCompacted: Bool
    /// Whether it stays in the journal when its room is deleted: a client that resumes needs it to know which rooms it was in.
    public let survivesRoomDeletion: Bool
    public let userDocument: UserDocument
    /// Whether a block hides it: it tells of a user what the users of a block do not hear of each other. See Decisions/0012.
    public let isHiddenByBlock: Bool

    fileprivate init(
      _ word: StaticString?, _ scope: Scope = .room, isCompacted: Bool = false, survivesRoomDeletion: Bool = false,
      userDocument: UserDocument = .none, isHiddenByBlock: Bool = false
    ) {
      self.word = word
      self.scope = scope
      self.isCompacted = isCompacted
      self.survivesRoomDeletion = survivesRoomDeletion
      self.userDocument = userDocument
      self.isHiddenByBlock = isHiddenByBlock
    }
  }

  /// The table.
  public var properties: Properties {
    switch self {
    case .newMessage: Properties("new_message")
    case .messageEdited: Properties("message_edited")
    case .messageDeleted: Properties("message_deleted")
    case .reactionAdded: Properties("reaction_added")
    case .reactionRemoved: Properties("reaction_removed")
    case .receipt: Properties("receipt", isCompacted: true, isHiddenByBlock: true)
    case .messagePinned: Properties("message_pinned")
    case .messageUnpinned: Properties("message_unpinned")
    case .messagesExpired: Properties("messages_expired")
    case .roomCreated: Properties("room_created")
    case .roomUpdated: Properties("room_updated")
    case .roomDeleted: Properties("room_deleted", survivesRoomDeletion: true)
    case .memberJoined: Properties("member_joined", survivesRoomDeletion: true, userDocument: .member)
    case .memberUpdated: Properties("member_updated", survivesRoomDeletion: true, userDocument: .member)
    case .memberLeft: Properties("member_left", survivesRoomDeletion: true, userDocument: .member)
    case .userUpdated: Properties("user_updated", userDocument: .data, isHiddenByBlock: true)
    case .ownReceipt: Properties("receipt", .user, isCompacted: true)
    case .ownMembership: Properties("member_updated", .user, isCompacted: true)
    // The user document in it is the inviter's, whose erasure removes the event.
    case .invited: Properties("invited", .user)
    case .preferencesUpdated: Properties("preferences_updated", .user)
    // The user document in it is the user's own, whose erasure removes the event.
    case .ownAccount: Properties("user_updated", .user, isCompacted: true)
    case .draftUpdated: Properties("draft_updated", .user, isCompacted: true)
    case .messageSaved: Properties("message_saved", .user)
    case .messageUnsaved: Properties("message_unsaved", .user)
    case .sessionEnded, .userSuspended, .blocksChanged, .accountErased, .unknown: Properties(nil, .server)
    }
  }

  public var word: StaticString? { properties.word }
  public var scope: Scope { properties.scope }
  public var isCompacted: Bool { properties.isCompacted }
  public var survivesRoomDeletion: Bool { properties.survivesRoomDeletion }
  public var userDocument: UserDocument { properties.userDocument }
  public var isHiddenByBlock: Bool { properties.isHiddenByBlock }

  /// Whether only the user whom the event is about receives it.
  public var isUserScoped: Bool { Self.userScopedNumbers.contains(rawValue) }
}
