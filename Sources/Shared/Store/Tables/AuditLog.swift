// The audit: entries are written in the transaction of what they tell of, and kept for a bounded time.
public import Domain
public import SQL

/// Entries name users by their rows, so what is shown follows a change of name; of a deleted account there is nothing left to show but that
/// it is deleted (`forget`).
public enum AuditLog {
  /// Unicode scalars of a detail; the rest is cut off.
  public static let detailMax = 500
  static let addressMax = 64
  static let actorNameMax = 64

  /// Records an act. Call in the transaction of the act itself, so that there is neither without the other. `user`, `room` and `message`
  /// (a seq, with `room`) are what it was done to; `address` is the network that the request came from, as in `ClientAddress`. `detail` is
  /// one line for people; no password, token or message text belongs in it.
  public static func record(
    _ action: AuditAction, by actor: AuditActor, user: UserRowID? = nil, room: PublicID? = nil, message seq: Int64? = nil,
    address: String? = nil, detail: String = "", _ transaction: Transaction
  ) throws {
    let columns = columns(of: actor)
    try transaction.database.run(
      """
      INSERT INTO audit (at, action, actor_kind, actor_id, actor_name, user_id, room, seq, address, detail)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, .integer(transaction.now.milliseconds), .text(action.rawValue), .integer(columns.kind), .optional(columns.id),
      .optional(columns.name), .optional(user?.value), .optional(room?.text), .optional(seq), .optional(line(address, addressMax)),
      .text(line(detail, detailMax) ?? ""))
  }

  private static func columns(of actor: AuditActor) -> (kind: Int64, id: Int64?, name: String?) {
    switch actor {
    case .nobody: (0, nil, nil)
    case .user(let user): (1, user.value, nil)
    case .commandLine(let name): (2, nil, line(name, actorNameMax) ?? "?")
    case .service: (3, nil, nil)
    }
  }

  /// One line of at most `max` scalars; nil if nothing is left.
  private static func line(_ text: String?, _ max: Int) -> String? {
    guard let text, !text.isEmpty else { return nil }
    let scalars = text.unicodeScalars.prefix(max).map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }
    return String(String.UnicodeScalarView(scalars))
  }
}
