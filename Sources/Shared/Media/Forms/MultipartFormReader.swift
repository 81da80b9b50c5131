// Reads multipart/form-data (RFC 7578, RFC 2046 section 5.1) in a body of any size, through a window.

public enum MultipartFormReader {
  /// Parts of a form, files and fields.
  public static let partsMax = 32
  /// Bytes of the headers of a part.
  public static let headerBytesMax = 8192
  /// Header fields of a part.
  public static let headersMax = 16
  /// Bytes of a text field.
  public static let fieldBytesMax = 4096

  /// The boundary of a body with this `Content-Type`; nil if it is no multipart/form-data with a boundary (RFC 2046 section 5.1.1).
  public static func boundary(contentType: String) -> String? {
    nil
  }

  /// Reads the form in a whole body. Throws `malformed` for one that breaks the syntax or a bound, or has no end.
  public static func read(_ source: any ByteSource, boundary: String) throws(MediaError) -> MultipartForm {
    throw .malformed("not yet")
  }
}
