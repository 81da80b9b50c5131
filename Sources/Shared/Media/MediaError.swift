// Why an uploaded file was not read.
public import Posix

public enum MediaError: Error, Equatable {
  /// The bytes are not what their type asks for: the upload is refused (422). A sentence for the user.
  case malformed(String)
  /// The file could not be read, or its copy not written: for the operator.
  case failed(Errno)

  /// A structure goes on where the file has ended.
  static let truncated = MediaError.malformed("The file ends too early.")
}
