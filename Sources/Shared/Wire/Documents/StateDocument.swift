// The state of a client, and of the service, in JSON.
public import Domain

extension JSONWriter {
  /// Everything that a client starts from.
  public mutating func snapshot(_ snapshot: Snapshot, for user: User, epoch: String, _ history: History) {
    object { json in
      json.key("me")
      json.user(user)
      json.key("rooms")
      json.array { json in
        for room in snapshot.rooms { json.roomView(room) }
      }
      json.key("users")
      json.array { json in
        for user in snapshot.users { json.user(user) }
      }
      json.field("cursor", history.cursor(at: snapshot.position).value)
      json.field("epoch", epoch)
    }
  }

  /// The answer of a health check that succeeds.
  public mutating func healthy() {
    object { $0.field("status", "ok") }
  }

  /// The name and version of the service, who may register, whether it sends mails, and where its parts and documents are.
  public mutating func service(version: String, registration: RegistrationMode, isMailOn: Bool) {
    object { json in
      json.field("name", "EchoChat")
      json.field("version", version)
      json.field("registration", registration.rawValue)
      json.field("mail", isMailOn)
      json.field("websocket", "/ws")
      json.key("documents")
      json.object { json in
        json.field("html", "/docs")
        json.field("openapi", "/docs/openapi.json")
        json.field("asyncapi", "/docs/asyncapi.json")
      }
    }
  }
}
