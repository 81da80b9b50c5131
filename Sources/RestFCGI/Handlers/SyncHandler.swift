// Everything that a client starts from, in one response.
import Chat
import Domain
import Wire

enum SyncHandler {
  static func snapshot(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let snapshot = try context.chat.snapshot(for: principal)
    return Response(reservingBytes: 512 + 1024 * snapshot.rooms.count + 256 * snapshot.users.count) {
      $0.snapshot(snapshot, for: principal.user, epoch: context.chat.epoch, context.chat.history)
    }
  }
}
