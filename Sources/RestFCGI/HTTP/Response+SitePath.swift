// The response of a site that is served below a path.
import Configuration

extension Response {
  /// Puts the path that nginx has taken away from the request before what clients, and nginx, read from the root of the host on: references in
  /// headers, and the path of a cookie. The URLs in documents stay: they are those of the site, which its clients know where to find.
  func below(_ path: String?) -> Response {
    guard let path, let path = SitePath(path)?.text, !path.isEmpty else { return self }
    var response = self
    for (index, header) in headers.enumerated() {
      let value = header.value
      switch header.name.description {
      case "Location", "X-Accel-Redirect": response.headers[index].value = path + value
      case "Link": response.headers[index].value = value.replacing("</", with: "<\(path)/")
      case "Set-Cookie": response.headers[index].value = value.replacing("Path=/", with: "Path=\(path)/")
      default: break
      }
    }
    return response
  }
}
