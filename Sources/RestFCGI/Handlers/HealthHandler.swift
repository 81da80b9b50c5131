// Health checks, metrics, and what this service is.
import Chat
import Configuration
import Domain
import Posix
import Wire

enum HealthHandler {
  /// The process is up.
  static func live(_ context: RequestContext) -> Response {
    Response { $0.healthy() }
  }

  /// A write can go through and the push daemon answers.
  static func ready(_ context: RequestContext) throws -> Response {
    guard context.chat.isReady else { throw ChatError(.unavailable, "Nothing can be stored at the moment.", retryAfterMilliseconds: 1000) }
    guard context.isDaemonUp.current() else {
      throw ChatError(.unavailable, "The push daemon does not answer.", retryAfterMilliseconds: 1000)
    }
    return Response { $0.healthy() }
  }

  /// The metrics of all programs. Who may read them is nginx's to say.
  static func metrics(_ context: RequestContext) -> Response {
    var response = Response(status: 200, body: Array(context.report.text.utf8))
    response.contentType = MetricFamily.mediaType
    return response
  }

  /// What this is, who may register, whether it sends mails and where it is documented.
  static func about(_ context: RequestContext) -> Response {
    let settings = context.chat.settings
    return Response { $0.service(version: Version.text, registration: settings.registration, isMailOn: settings.isMailOn) }.tagged(
      against: context.request[.ifNoneMatch])
  }
}
