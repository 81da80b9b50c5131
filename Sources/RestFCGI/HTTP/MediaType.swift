// The media types of request bodies (RFC 9110 section 8.3.1).

enum MediaType: Equatable {
  case json, form, other

  /// Ignores case and parameters, except that the charset must be UTF-8.
  init(_ contentType: String?) {
    // What nearly every client sends needs no parsing.
    if contentType == "application/json" {
      self = .json
      return
    }
    let parts = (contentType ?? "").lowercased().split(separator: ";", omittingEmptySubsequences: false)
    let parameters = parts.dropFirst().map { $0.filter { $0 != " " && $0 != "\"" && $0 != "\t" } }
    let isUTF8 = parameters.allSatisfy { !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=utf8" }
    switch parts.first.map({ String($0.filter { $0 != " " && $0 != "\t" }) }) {
    case "application/json" where isUTF8: self = .json
    case "application/x-www-form-urlencoded" where isUTF8: self = .form
    default: self = .other
    }
  }
}
