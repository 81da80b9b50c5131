// Responses whose body is a file, which nginx sends.
import Chat

extension Response {
  /// nginx takes type, disposition and caching from it and adds what else the response of a file has (echochat-server.conf).
  init(_ delivery: FileDelivery) {
    self.init(status: 200)
    contentType = delivery.contentType
    caching = .file(isImmutable: delivery.isImmutable)
    headers.append(("X-File-Disposition", delivery.contentDisposition))
    headers.append(("X-Accel-Redirect", delivery.internalPath))
  }
}
