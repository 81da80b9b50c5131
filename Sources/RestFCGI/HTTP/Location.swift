// The place of what a request has made (RFC 9110 section 10.2.2).

extension Response {
  /// Adds the header Location to a 201. `segments` follow `/api/v1/`; they are words and identifiers, which need no encoding.
  func located(at segments: String...) -> Response {
    guard status == 201 else { return self }
    var path = "/api/v1"
    path.reserveCapacity(96)
    for segment in segments {
      path += "/"
      path += segment
    }
    return with("Location", path)
  }
}
