// Codes that let people in, in JSON: invites to a room, and registration codes.
public import Domain

extension JSONWriter {
  public mutating func invite(_ invite: Invite) {
    object { json in
      json.field("room_id", invite.roomID)
      json.fields(ofCode: invite.code, invite.createdBy, invite.createdAt, invite.expiresAt, invite.usesLeft)
    }
  }

  public mutating func registrationCode(_ code: RegistrationCode) {
    object { $0.fields(ofCode: code.code, code.createdBy, code.createdAt, code.expiresAt, code.usesLeft) }
  }

  /// Writes the members that all codes have into the open object. `usesLeft`: nil for any number.
  private mutating func fields(
    ofCode code: PublicID, _ createdBy: PublicID?, _ createdAt: Timestamp, _ expiresAt: Timestamp, _ usesLeft: Int64?
  ) {
    field("code", code)
    field("created_by", createdBy)
    field("created_at", createdAt)
    field("expires_at", expiresAt)
    field("uses_left", usesLeft)
  }
}
