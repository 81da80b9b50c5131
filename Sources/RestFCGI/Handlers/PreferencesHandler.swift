// The user's preferences.
import Chat
import Domain
import Wire

enum PreferencesHandler {
  static func get(_ context: RequestContext, _ principal: Principal) throws -> Response {
    response(try context.chat.addedBy(principal))
  }

  /// Changes the preferences that are named.
  static func update(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let update = try context.json(PreferencesUpdate.self)
    let addedBy = try update.added_by.map { try context.chat.setAddedBy($0, by: principal) }
    return response(try addedBy ?? context.chat.addedBy(principal))
  }

  private static func response(_ addedBy: AddedBy) -> Response { Response { $0.preferences(addedBy: addedBy) } }
}
