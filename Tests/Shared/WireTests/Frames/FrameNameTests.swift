// The `event` words that clients rely on.
import Testing
import Wire

@Suite struct FrameNameTests {
  @Test func `clients receive the events of the journal and the daemon's own frames, each word once`() {
    #expect(
      FrameName.allWords.sorted() == [
        "close", "draft_updated", "error", "invited", "member_joined", "member_left", "member_updated", "message_deleted", "message_edited",
        "message_pinned",
        "message_saved", "message_unpinned", "message_unsaved", "messages_expired", "new_message",
        "ok", "pong", "preferences_updated", "presence", "reaction_added", "reaction_removed", "receipt", "room_created", "room_deleted",
        "room_updated", "user_typing", "user_updated", "welcome",
      ])
  }
}
