// Whether the service is there and can serve.
import Chat
import Domain
import Posix
import Wire

enum HealthHandler {
  /// The process is up.
  static func alive(_ call: Call) -> Response {
    Response(status: 200, body: JSONWriter.object { $0.field("status", "ok") })
  }

  /// The database can be read and the daemon answers.
  static func ready(_ call: Call) throws -> Response {
    guard call.chat.isReady() else { throw ChatError(.unavailable, "The database cannot be read.", retryAfterMilliseconds: 1000) }
    guard DaemonProbe.answers(at: call.chat.settings.pushSocketPath) else {
      throw ChatError(.unavailable, "The push daemon does not answer.", retryAfterMilliseconds: 1000)
    }
    return Response(status: 200, body: JSONWriter.object { $0.field("status", "ok") })
  }

  /// What this is and where it is described.
  static func about(_ call: Call) -> Response {
    Response(
      status: 200,
      body: JSONWriter.object { json in
        json.field("name", "EchoChat")
        json.field("version", Version.text)
        json.field("websocket", "/ws")
        json.key("documents")
        json.object { json in
          json.field("html", "/docs")
          json.field("openapi", "/docs/openapi.json")
          json.field("asyncapi", "/docs/asyncapi.json")
        }
      })
  }
}
