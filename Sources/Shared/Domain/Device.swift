// What a client tells of its device when it signs in.

public struct Device: Sendable, Equatable {
  public let userAgent: String
  /// As the client calls it; nil: it has told none.
  public let name: String?
  /// The network that the request came from.
  public let address: String?

  /// `name` is one line of 1–64 characters. Throws `invalid_field`.
  public init(userAgent: String, name: String?, address: String?) throws(ChatError) {
    self.userAgent = userAgent
    self.name = try name.map { text throws(ChatError) in
      let line = try SingleLineText(text, field: "device_name", charactersMin: 1, charactersMax: Self.nameCharactersMax).text
      // A character may be built of any number of scalars.
      guard line.unicodeScalars.count <= Self.nameScalarsMax else {
        throw .invalid("device_name", "length", "At most \(Self.nameScalarsMax) code points.")
      }
      return line
    }
    self.address = address
  }

  public init(userAgent: String, address: String?) {
    (self.userAgent, name, self.address) = (userAgent, nil, address)
  }

  public static let nameCharactersMax = 64
  /// Unicode scalars of a name.
  public static let nameScalarsMax = 100

  /// What to call the device: its own name, else what its User-Agent tells.
  public var readableName: String { name ?? UserAgent.name(of: userAgent) }
}

extension Session {
  /// What to call the device in a list: its own name, else what its User-Agent tells.
  public var readableName: String { deviceName ?? UserAgent.name(of: userAgent) }
}
