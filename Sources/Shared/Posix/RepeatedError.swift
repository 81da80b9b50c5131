// Tells an error from the same one again, so that what fails at every attempt is logged once.

/// The outcome of the latest attempt at something that is tried again and again. For one thread.
public struct RepeatedError: Sendable {
  private var latest = ""

  public init() {}

  /// Whether the latest attempt failed.
  public var isFailing: Bool { !latest.isEmpty }

  /// Takes the outcome of an attempt, nil if it succeeded. True if it failed in another way than the attempt before.
  public mutating func isNew(_ error: (any Error)?) -> Bool {
    let text = error.map { "\($0)" } ?? ""
    defer { latest = text }
    return !text.isEmpty && text != latest
  }
}
