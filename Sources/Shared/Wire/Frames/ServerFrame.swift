// The frames that the daemon sends: replies, events and ephemerals.
public import Domain

/// Composes the text of server frames. The data of durable events was composed when the change was made and is copied.
public enum ServerFrame {
  /// `{"event":…,"id":…,"data":…}`: `id` is the cursor of a client that has everything up to this event.
  public static func durable(_ kind: StaticString, id: Cursor, data: [UInt8]) -> [UInt8] {
    JSONWriter.object(reservingBytes: data.count + 64) { json in
      json.field("event", "\(kind)")
      json.field("id", id.value)
      json.field("data", raw: data)
    }
  }

  /// Where the digits of `id` are in a frame that `durable` composed; nil for any other frame.
  public static func id(inJSON json: Span<UInt8>) -> Range<Int>? {
    guard let word = end(of: "{\"event\":\"", in: json, at: 0) else { return nil }
    var wordEnd = word
    while wordEnd < json.count, json[wordEnd] != UInt8(ascii: "\"") { wordEnd += 1 }
    guard let start = end(of: "\",\"id\":", in: json, at: wordEnd) else { return nil }
    var end = start
    while end < json.count, json[end] >= UInt8(ascii: "0"), json[end] <= UInt8(ascii: "9") { end += 1 }
    return end > start ? start..<end : nil
  }

  /// Where `text` ends if it stands at `start`.
  private static func end(of text: String, in json: Span<UInt8>, at start: Int) -> Int? {
    var index = start
    for byte in text.utf8 {
      guard index < json.count, json[index] == byte else { return nil }
      index += 1
    }
    return index
  }

  /// The last event of an event stream, which says what a Close frame says.
  public static func close(code: UInt16, reason: String) -> [UInt8] {
    JSONWriter.object { json in
      json.field(event: .close)
      json.key("data")
      json.object { json in
        json.field("code", Int64(code))
        json.field("reason", reason)
      }
    }
  }

  public static func ok(ref: String?, data: [UInt8]? = nil) -> [UInt8] {
    JSONWriter.object(reservingBytes: (data?.count ?? 0) + 96) { json in
      json.field(event: .ok)
      if let ref { json.field("ref", ref) }
      json.field("data", raw: data ?? Array("{}".utf8))
    }
  }

  public static func error(ref: String?, _ error: ChatError, requestID: String) -> [UInt8] {
    JSONWriter.object { json in
      json.field(event: .error)
      if let ref { json.field("ref", ref) }
      json.key("data")
      json.problem(Problem(error), requestID: requestID)
    }
  }

  public static func pong(ref: String?) -> [UInt8] {
    JSONWriter.object { json in
      json.field(event: .pong)
      if let ref { json.field("ref", ref) }
      json.key("data")
      json.object { _ in }
    }
  }

  public static func typing(room: PublicID, user: PublicID, username: String, expiresInMilliseconds: Int64) -> [UInt8] {
    JSONWriter.object { json in
      json.field(event: .userTyping)
      json.key("data")
      json.object { json in
        json.field("room_id", room)
        json.field("user_id", user)
        json.field("username", username)
        json.field("expires_in_ms", expiresInMilliseconds)
      }
    }
  }

  /// The data of an `ok` for a message: `{"message": …}`.
  public static func messageReply(_ message: [UInt8]) -> [UInt8] {
    JSONWriter.object(reservingBytes: message.count + 16) { $0.field("message", raw: message) }
  }
}

/// The bounds of one connection, beyond which it is closed.
public struct ConnectionBounds: Sendable {
  /// Frames of one message.
  public let fragmentsPerMessage: Int
  /// How long a client may take for handshake and sign-in.
  public let signInMilliseconds: Int64
  /// Frames before it has signed in.
  public let framesBeforeSignIn: Int
  /// How long a peer may take to answer a ping.
  public let pongMilliseconds: Int64
  /// Replies of `rate_limited` without a success between them.
  public let refusalsInARow: Int

  public init(
    fragmentsPerMessage: Int, signInMilliseconds: Int64, framesBeforeSignIn: Int, pongMilliseconds: Int64, refusalsInARow: Int
  ) {
    self.fragmentsPerMessage = fragmentsPerMessage
    self.signInMilliseconds = signInMilliseconds
    self.framesBeforeSignIn = framesBeforeSignIn
    self.pongMilliseconds = pongMilliseconds
    self.refusalsInARow = refusalsInARow
  }
}

/// The limits that a client should know: `limits` of `welcome`.
public struct Limits: Sendable {
  /// Messages in a window of milliseconds; nil if there is no limit.
  public let messageRate: RateLimit?
  /// Events that others are told, other than messages.
  public let eventRate: RateLimit?
  /// Commands of any kind.
  public let commandRate: RateLimit?
  /// Passwords that a signed-in user may have checked.
  public let passwordCheckRate: RateLimit?
  public let connectionsPerUser: Int?
  public let connectionsPerAddress: Int?
  public let outboxBytes: Int
  public let frameBytes: Int
  public let rooms: RoomLimits
  public let files: FileLimits
  /// How long messages are kept in rooms that have no retention of their own.
  public let retention: Retention

  public init(
    messageRate: RateLimit?, eventRate: RateLimit?, commandRate: RateLimit?, passwordCheckRate: RateLimit?, connectionsPerUser: Int?,
    connectionsPerAddress: Int?, outboxBytes: Int, frameBytes: Int,
    rooms: RoomLimits = RoomLimits(), files: FileLimits = FileLimits(),
    retention: Retention = .forever
  ) {
    self.messageRate = messageRate
    self.eventRate = eventRate
    self.commandRate = commandRate
    self.passwordCheckRate = passwordCheckRate
    self.connectionsPerUser = connectionsPerUser
    self.connectionsPerAddress = connectionsPerAddress
    self.outboxBytes = outboxBytes
    self.frameBytes = frameBytes
    self.rooms = rooms
    self.files = files
    self.retention = retention
  }
}

extension ServerFrame {
  /// The first frame: the user, the cursor to resume from, and the limits.
  public static func welcome(
    user: User, session: PublicID, cursor: Cursor, epoch: String, resumed: Bool, heartbeatMilliseconds: Int64, limits: Limits,
    connection: ConnectionBounds
  ) -> [UInt8] {
    JSONWriter.object(reservingBytes: 1536) { json in
      json.field(event: .welcome)
      json.key("data")
      json.object { json in
        json.key("user")
        json.user(user)
        json.field("session_id", session)
        json.field("cursor", cursor.value)
        json.field("epoch", epoch)
        json.field("resumed", resumed)
        json.field("heartbeat_ms", heartbeatMilliseconds)
        json.key("limits")
        json.limits(limits, connection)
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func rate(_ name: StaticString, _ limit: RateLimit?) {
    key(name)
    guard let limit else { return null() }
    object { json in
      json.field("count", Int64(limit.count))
      json.field("window_ms", limit.windowMilliseconds)
    }
  }

  fileprivate mutating func limits(_ limits: Limits, _ connection: ConnectionBounds) {
    object { json in
      json.rate("message_rate", limits.messageRate)
      json.rate("event_rate", limits.eventRate)
      json.rate("command_rate", limits.commandRate)
      json.rate("password_check_rate", limits.passwordCheckRate)
      json.field("message_characters", Int64(MessageBody.charactersMax))
      json.field("frame_bytes", Int64(limits.frameBytes))
      json.field("request_body_bytes", Int64(limits.frameBytes))
      json.field("connections_per_user", limits.connectionsPerUser.map(Int64.init))
      json.field("connections_per_address", limits.connectionsPerAddress.map(Int64.init))
      json.field("unsent_bytes", Int64(limits.outboxBytes))
      json.field("fragments_per_message", Int64(connection.fragmentsPerMessage))
      json.field("sign_in_ms", connection.signInMilliseconds)
      json.field("frames_before_sign_in", Int64(connection.framesBeforeSignIn))
      json.field("pong_ms", connection.pongMilliseconds)
      json.field("refusals_in_a_row", Int64(connection.refusalsInARow))
      json.field("json_depth", Int64(JSONSyntax.depthMax))
      json.field("combining_marks", Int64(CombiningMarkLimit.marksMax))
      json.field("ref_characters", Int64(CommandFrame.refCharactersMax))
      json.field("client_id_characters", Int64(ClientID.charactersMax))
      json.field("mentions_per_message", Int64(MentionedNames.max))
      json.field("reactions_per_message", Int64(Reactions.countMax))
      json.field("emoji_per_message", Int64(Reactions.emojiMax))
      json.field("emoji_bytes", Int64(Emoji.bytesMax))
      json.field("receipts_told_members", ReadMarkers.sharedReceiptsMembersMax)
      json.fields(of: limits.rooms)
      json.field("attachments_per_message", Int64(FileInfo.perMessageMax))
      json.field("file_bytes", limits.files.fileBytesMax)
      json.field("files_per_user_bytes", limits.files.perUserBytes)
      json.field("retention_seconds", limits.retention.seconds)
    }
  }

  private mutating func fields(of limits: RoomLimits) {
    field("rooms_per_user", limits.perUser.map(Int64.init))
    field("owned_rooms_per_user", limits.ownedPerUser.map(Int64.init))
    field("unopened_rooms_per_user", limits.unopenedPerUser.map(Int64.init))
    field("members_per_room", limits.membersPerRoom.map(Int64.init))
    field("invitations_per_user", Int64(RoomLimits.invitationsPerUser))
    rate("room_rate", limits.creation)
    rate("adding_rate", limits.adding)
  }
}
