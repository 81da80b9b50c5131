// Rooms: the user's own, the public directory, and changes of a room.
import Chat
import Domain
import Wire

enum RoomsHandler {
  static func list(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    let cursor = try context.query.cursor(of: .rooms).map { RoomActivityCursor(lastActivity: $0.numbers[0], room: $0.numbers[1]) }
    let rooms = try context.chat.rooms(of: principal, after: cursor, limit: limit + 1)
    return .page(rooms, limit: limit, cursor: { PageCursor(.rooms, $0.lastActivity.milliseconds, $0.room.rowID.value) }) {
      $0.roomView($1)
    }
  }

  /// Public rooms; with `q`, those whose name or topic matches.
  static func directory(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let limit = try context.query.limit()
    if let text = try context.query.value("q"), !text.isEmpty { return try search(text, limit, context, principal) }
    let cursor = try context.query.cursor(of: .directory).map { RoomDirectoryCursor(members: $0.numbers[0], room: $0.numbers[1]) }
    let rooms = try context.chat.publicRooms(for: principal, after: cursor, limit: limit + 1)
    return .page(rooms, limit: limit, cursor: { PageCursor(.directory, $0.room.memberCount, $0.room.rowID.value) }) { $0.roomView($1) }
  }

  private static func search(_ text: String, _ limit: Int, _ context: RequestContext, _ principal: Principal) throws -> Response {
    let cursor = try context.query.cursor(of: .roomHits).map {
      RoomHitCursor(rank: $0.numbers[0], members: $0.numbers[1], room: $0.numbers[2])
    }
    let hits = try context.chat.publicRooms(searchedBy: text, for: principal, after: cursor, limit: limit + 1)
    return .page(hits, limit: limit, cursor: { PageCursor(.roomHits, $0.rank, $0.view.room.memberCount, $0.view.room.rowID.value) }) {
      $0.roomView($1.view)
    }
  }

  static func create(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let new = try context.json(NewRoom.self)
    let created = try context.chat.createRoom(new, by: principal, idempotencyKey: context.request[.idempotencyKey])
    return Response(status: created.isNew ? 201 : 200, reservingBytes: 1024) { $0.roomView(created.view, invited: created.invited) }
      .located(at: "rooms", created.view.room.id.text)
  }

  static func get(_ context: RequestContext, _ principal: Principal) throws -> Response {
    response(try context.chat.room(context.parameters["room_id"], for: principal))
  }

  static func update(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let update = try context.json(RoomUpdate.self)
    let room = context.parameters["room_id"]
    return response(try context.chat.updateRoom(room, name: update.name, topic: update.topic, by: principal))
  }

  static func delete(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.deleteRoom(context.parameters["room_id"], by: principal)
    return .noContent
  }

  static func response(_ view: RoomView, status: Int = 200) -> Response {
    Response(status: status, reservingBytes: 1024) { $0.roomView(view) }
  }
}
