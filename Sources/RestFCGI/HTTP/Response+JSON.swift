// Responses whose body is a JSON document.
import Wire

extension Response {
  /// Composes the body; `reservingBytes` is its expected size.
  init(status: Int = 200, reservingBytes: Int = 256, document: (inout JSONWriter) -> Void) {
    var json = JSONWriter(reservingBytes: reservingBytes)
    document(&json)
    self.init(status: status, body: json.bytes)
  }
}
