// The version of EchoChat, in its one place.

public enum Version {
  public static let text = "0.1.0"
}
