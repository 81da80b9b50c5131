// Files: uploading, reading, deleting those that are in no message.
import Chat
import Domain
import Wire

enum FilesHandler {
  static func create(_ context: RequestContext, _ principal: Principal) throws -> Response {
    let file = try context.chat.receiveFile(try context.upload(), by: principal)
    return Response(status: 201) { $0.file(file) }.located(at: "files", file.id.text)
  }

  static func get(_ context: RequestContext, _ principal: Principal) throws -> Response {
    Response(try context.chat.file(context.parameters["file_id"], isThumbnail: false, for: principal))
  }

  static func thumbnail(_ context: RequestContext, _ principal: Principal) throws -> Response {
    Response(try context.chat.file(context.parameters["file_id"], isThumbnail: true, for: principal))
  }

  static func delete(_ context: RequestContext, _ principal: Principal) throws -> Response {
    try context.chat.deleteFile(context.parameters["file_id"], by: principal)
    return .noContent
  }
}
