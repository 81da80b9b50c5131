// A header line to be written.

/// A name and a value. Control characters in either are written as spaces, so that no value can begin a line of its own.
public struct HTTPHeader: Equatable, Sendable {
  public let name: String
  public let value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
