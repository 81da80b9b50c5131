// Rooms: finding, making and changing them.
import Chat
import Domain
import Wire

enum RoomsHandler {
  private struct Creation: Decodable {
    let kind: String
    let name: String?
    let topic: String?
    let members: [String]?
  }

  private struct Change: Decodable {
    let name: String?
    let topic: String?
  }

  static func list(_ call: Call, _ principal: Principal) throws -> Response {
    let limit = try call.query.limit()
    let cursor = try call.query.cursor(of: .rooms).map { RoomActivityCursor(lastActivity: $0.numbers[0], room: $0.numbers[1]) }
    let rooms = try call.chat.rooms(of: principal, after: cursor, limit: limit + 1)
    return .list(rooms, limit: limit, cursor: { Cursor(.rooms, $0.lastActivity.milliseconds, $0.room.rowID.value) }) { $0.view($1) }
  }

  static func directory(_ call: Call, _ principal: Principal) throws -> Response {
    let limit = try call.query.limit()
    if let text = try call.query.value("q"), !text.isEmpty { return try search(text, limit, call, principal) }
    let cursor = try call.query.cursor(of: .directory).map { RoomDirectoryCursor(members: $0.numbers[0], room: $0.numbers[1]) }
    let rooms = try call.chat.publicRooms(for: principal, after: cursor, limit: limit + 1)
    return .list(rooms, limit: limit, cursor: { Cursor(.directory, $0.room.memberCount, $0.room.rowID.value) }) { $0.view($1) }
  }

  private static func search(_ text: String, _ limit: Int, _ call: Call, _ principal: Principal) throws -> Response {
    let cursor = try call.query.cursor(of: .foundRooms).map {
      RoomHitCursor(rank: $0.numbers[0], members: $0.numbers[1], room: $0.numbers[2])
    }
    let hits = try call.chat.publicRooms(searchedBy: text, for: principal, after: cursor, limit: limit + 1)
    return .list(hits, limit: limit, cursor: { Cursor(.foundRooms, $0.rank, $0.view.room.memberCount, $0.view.room.rowID.value) }) {
      $0.view($1.view)
    }
  }

  static func make(_ call: Call, _ principal: Principal) throws -> Response {
    let new = try call.json(Creation.self)
    let room = NewRoom(kind: new.kind, name: new.name, topic: new.topic, members: new.members ?? [])
    let (view, isNew) = try call.chat.createRoom(room, by: principal, idempotencyKey: call.request[.idempotencyKey])
    return document(view, status: isNew ? 201 : 200)
  }

  static func get(_ call: Call, _ principal: Principal) throws -> Response {
    document(try call.chat.room(call.part(0), for: principal))
  }

  static func update(_ call: Call, _ principal: Principal) throws -> Response {
    let change = try call.json(Change.self)
    return document(try call.chat.updateRoom(call.part(0), name: change.name, topic: change.topic, by: principal))
  }

  static func delete(_ call: Call, _ principal: Principal) throws -> Response {
    try call.chat.deleteRoom(call.part(0), by: principal)
    return .noContent
  }

  static func document(_ view: RoomView, status: Int = 200) -> Response {
    var json = JSONWriter(reservingBytes: 1024)
    json.view(view)
    return Response(status: status, body: json.bytes)
  }
}

extension JSONWriter {
  mutating func view(_ view: RoomView) {
    room(view.room, lastMessage: view.lastMessage, with: view.other, membership: view.membership)
  }
}
