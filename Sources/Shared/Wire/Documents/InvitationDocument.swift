// Invitations, and what an invite shows before it is accepted, in JSON.
public import Domain

extension JSONWriter {
  public mutating func invitation(_ invitation: Invitation) {
    object {
      $0.fields(
        ofInvitationTo: invitation.room, by: invitation.invitedBy, role: invitation.role, createdAt: invitation.createdAt,
        expiresAt: invitation.expiresAt)
    }
  }

  /// The data of `invited`.
  public static func invitation(room: Room, by inviter: User, role: Role, createdAt: Timestamp, expiresAt: Timestamp) -> [UInt8] {
    object { $0.fields(ofInvitationTo: room, by: inviter, role: role, createdAt: createdAt, expiresAt: expiresAt) }
  }

  private mutating func fields(
    ofInvitationTo room: Room, by inviter: User, role: Role, createdAt: Timestamp, expiresAt: Timestamp
  ) {
    field("room_id", room.id)
    key("room")
    object { $0.summary(of: room) }
    key("invited_by")
    user(inviter)
    field("role", role.word)
    field("created_at", createdAt)
    field("expires_at", expiresAt)
  }

  /// What the holder of an invite's code sees. Of room and inviter no more than a stranger needs to decide.
  public mutating func invitePreview(_ preview: InvitePreview) {
    object { json in
      json.key("room")
      json.object { $0.summary(of: preview.room) }
      json.key("invited_by")
      json.object { json in
        json.field("user_id", preview.invitedBy.id)
        json.field("username", preview.invitedBy.username)
        json.field("display_name", preview.invitedBy.displayName)
      }
      json.field("member_count", preview.room.memberCount)
      json.field("expires_at", preview.expiresAt)
    }
  }

  /// What somebody who is no member sees of a room: not what happens in it.
  private mutating func summary(of room: Room) {
    field("room_id", room.id)
    field("kind", room.kind.word)
    field("name", room.name)
    field("topic", room.topic)
    field("member_count", room.memberCount)
  }

  /// A user who was invited to a room, not added.
  public mutating func invitedMember(_ member: Member) {
    object { json in
      json.key("user")
      json.user(member.user)
      json.field("role", member.role.word)
      json.field("invited", true)
    }
  }
}
