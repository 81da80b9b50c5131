// Sends requests to the API without a web server in between.

import Chat
import Configuration
import Domain
import Posix
import TestSupport

@testable import RestFCGI

struct TestClient {
  let responder: Responder
  let metrics = Metrics()

  init(_ chat: Chat, isDaemonUp: CachedAnswer = CachedAnswer { true }) {
    responder = Responder(
      chat: chat, router: Router(Routes.table), corsPolicy: CORSPolicy(chat.settings.originPolicy), metrics: RestMetrics(metrics),
      isDaemonUp: isDaemonUp, report: MetricsReport(metrics, chat.settings))
  }

  /// `more` are FastCGI parameters such as `HTTP_COOKIE=a=b`.
  func send(
    _ method: String, _ target: String, as user: TestUser? = nil, json: String? = nil, body: Request.Body? = nil, _ more: String...
  ) -> Response {
    var entries = ["FCGI_ROLE=RESPONDER", "REQUEST_METHOD=\(method)", "REQUEST_URI=\(target)"]
    if let user { entries.append("HTTP_AUTHORIZATION=Bearer \(user.signIn.accessToken)") }
    if json != nil { entries.append("CONTENT_TYPE=application/json") }
    let request = Request(FastCGIParameters(entries + more), body: body ?? .bytes(Array((json ?? "").utf8)))
    return responder.respond(to: request, requestID: "0123456789abcdef")
  }
}

extension Response {
  var json: JSONValue? { try? JSONValue(body) }

  /// The code of a problem document; nil for another response.
  var code: String? { json?["code"]?.text }

  func header(_ name: String) -> String? {
    headers.first { "\($0.name)" == name }?.value
  }

  /// Status and headers as they are sent.
  var headText: String { String(decoding: head(requestID: "0123456789abcdef"), as: UTF8.self) }

  var tag: String? {
    if case .revalidated(let tag) = caching { tag.text } else { nil }
  }

  /// The values of `name` in the items of a list.
  func items(_ name: String) -> [JSONValue?] {
    if case .array(let items) = json?["items"] { items.map { $0[name] } } else { [] }
  }
}
