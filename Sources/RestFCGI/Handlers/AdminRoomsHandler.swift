// Rooms of every kind with their messages and reports, for operators.
import Chat
import Domain
import Wire

enum AdminRoomsHandler {
  static func list(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let limit = try context.query.limit()
    let rooms = try context.chat.administeredRooms(
      after: try context.query.rowCursor(of: .administeredRooms), limit: limit + 1, for: `operator`)
    return .page(rooms, limit: limit, cursor: { PageCursor(.administeredRooms, $0.room.rowID.value) }) { $0.administeredRoom($1) }
  }

  static func get(_ context: RequestContext, _ operator: Operator) throws -> Response {
    response(try context.chat.administeredRoom(context.room, for: `operator`))
  }

  static func update(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let update = try context.json(RoomUpdate.self)
    return response(try context.chat.updateRoom(context.room, name: update.name, topic: update.topic, by: `operator`))
  }

  static func delete(_ context: RequestContext, _ operator: Operator) throws -> Response {
    _ = try context.chat.deleteRoom(context.room, by: `operator`)
    return .noContent
  }

  static func members(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let limit = try context.query.limit()
    let members = try context.chat.members(
      of: context.room, after: try context.query.rowCursor(of: .members), limit: limit + 1, for: `operator`)
    return .page(members, limit: limit, cursor: { PageCursor(.members, $0.user.rowID.value) }) { $0.member($1) }
  }

  /// Posts a message in the name of the service, or of a member.
  static func say(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let message = try context.json(OperatorMessage.self)
    let posted = try context.chat.say(
      message.content, in: context.room, as: message.user_id.map { .id($0) }, clientID: context.request[.idempotencyKey], by: `operator`)
    return Response(status: posted.isNew ? 201 : 200, body: posted.json)
      .located(at: "admin", "rooms", context.parameters["room_id"], "messages", String(posted.seq))
  }

  static func message(_ context: RequestContext, _ operator: Operator) throws -> Response {
    Response(status: 200, body: try context.chat.message(try context.seq(), in: context.room, for: `operator`))
  }

  static func deleteMessage(_ context: RequestContext, _ operator: Operator) throws -> Response {
    Response(status: 200, body: try context.chat.deleteMessage(try context.seq(), in: context.room, by: `operator`))
  }

  /// Reported messages of all rooms.
  static func reports(_ context: RequestContext, _ operator: Operator) throws -> Response {
    let limit = try context.query.limit()
    let reports = try context.chat.reports(after: try context.query.rowCursor(of: .allReports), limit: limit + 1, for: `operator`)
    return .page(reports, limit: limit, cursor: { PageCursor(.allReports, $0.number) }) { $0.administeredReport($1) }
  }

  static func resolveReports(_ context: RequestContext, _ operator: Operator) throws -> Response {
    try context.chat.resolveReports(of: try context.seq(), in: context.room, by: `operator`)
    return .noContent
  }

  private static func response(_ room: AdministeredRoom) -> Response {
    Response(reservingBytes: 512) { $0.administeredRoom(room) }
  }
}

extension RequestContext {
  /// The room in the path.
  fileprivate var room: RoomReference { .id(parameters["room_id"]) }
}
