// A form with a file, as browsers and `curl -F` send it (RFC 7578).

/// Where the file lies in the body, and the form's text fields.
public struct MultipartForm: Equatable, Sendable {
  public struct File: Equatable, Sendable {
    /// Of the form's field.
    public let name: String
    /// As sent: not fit to be shown or stored before `FileName.cleaned`.
    public let filename: String
    /// The value of its `Content-Type`; nil without one.
    public let mediaType: String?
    /// The bytes of the body that are the file.
    public let content: Range<Int>
  }

  /// The first file; nil if the form has none. A file field that was left empty is none.
  public let file: File?
  /// Whether another file follows.
  public let hasMoreFiles: Bool
  /// Text fields by name; of those of one name, the first.
  public let fields: [String: String]
}
