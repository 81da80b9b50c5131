// The event stream, which is the push daemon's: nginx passes it there.
import Domain

enum EventStreamHandler {
  /// GET /api/v1/events. Reached only behind an nginx whose configuration is older than the programs.
  static func misrouted(_ context: RequestContext) throws -> Response {
    throw ChatError(
      .unavailable, "nginx passes event streams to the wrong program: it needs the echochat-server.conf of this version.",
      retryAfterMilliseconds: 60_000)
  }
}
