// A header line to be written.

/// A name and a value. Control characters in either are written as spaces, so that no value can begin a line of its own.
package struct HTTPHeader: Equatable, Sendable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
