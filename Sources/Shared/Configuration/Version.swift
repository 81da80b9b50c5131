// The version of EchoChat, in its one place.

package enum Version {
  package static let text = "0.1.0"
}
