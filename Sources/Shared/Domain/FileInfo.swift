// Files that users upload: what clients see of them, and what limits them.

/// A stored file as every reader of its message sees it.
public struct FileInfo: Equatable, Sendable {
  /// Files of one message.
  public static let perMessageMax = 10

  public let id: PublicID
  /// A clean name, for people: it is never a part of a path.
  public let name: String
  public let mediaType: String
  /// Bytes.
  public let size: Int64
  /// Pixels as the picture is shown; nil for what is no picture.
  public let width: Int64?
  public let height: Int64?
  public var hasThumbnail: Bool

  public init(id: PublicID, name: String, mediaType: String, size: Int64, width: Int64?, height: Int64?, hasThumbnail: Bool) {
    self.id = id
    self.name = name
    self.mediaType = mediaType
    self.size = size
    self.width = width
    self.height = height
    self.hasThumbnail = hasThumbnail
  }
}

/// A file as its uploader sees it in an export.
public struct OwnFile: Sendable {
  public let info: FileInfo
  public let purpose: FilePurpose
  public let createdAt: Timestamp

  public init(info: FileInfo, purpose: FilePurpose, createdAt: Timestamp) {
    self.info = info
    self.purpose = purpose
    self.createdAt = createdAt
  }
}

/// What a stored file is for. The numbers are stored in the database.
public enum FilePurpose: Int64, Sendable {
  case attachment = 1
  case avatar = 2
}

/// The sides of the squares in which an avatar is kept.
public enum AvatarSize: Int, Sendable, CaseIterable {
  case small = 64
  case large = 256
}

/// The files that a message is to have: the uploader's own, each once, checked for their form.
public struct AttachmentList: Equatable, Sendable {
  public let ids: [PublicID]

  /// `texts` are what a client sent as `attachments`. Throws `invalid_field`.
  public init(_ texts: [String]) throws(ChatError) {
    guard texts.count <= FileInfo.perMessageMax else {
      throw .invalid("attachments", "count", "At most \(FileInfo.perMessageMax) files.")
    }
    var ids: [PublicID] = []
    for text in texts {
      guard let id = PublicID(text) else { throw Self.unknown }
      guard !ids.contains(id) else { throw .invalid("attachments", "duplicate", "A file can be attached once.") }
      ids.append(id)
    }
    self.ids = ids
  }

  public var isEmpty: Bool { ids.isEmpty }

  /// For what does not exist, was attached before, or is another user's: a client learns no more.
  public static let unknown = ChatError.invalid("attachments", "unknown", "Only files that you have uploaded and not attached yet.")
}

/// How much users may store.
public struct FileLimits: Equatable, Sendable {
  /// Bytes of one file.
  public var fileBytesMax: Int64 = 25 << 20
  /// Bytes on disk of one user's files; nil is "off".
  public var perUserBytes: Int64? = 1 << 30
  /// Bytes on disk of all files; nil is "off".
  public var totalBytes: Int64? = 20 << 30

  public init() {}
}
