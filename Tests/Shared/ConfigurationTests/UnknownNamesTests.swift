// A misspelt setting is told to the operator, with the one that was probably meant.
import Configuration
import Testing

@Suite struct UnknownNamesTests {
  private func warning(_ names: String...) throws -> String? {
    try Settings(environment: Dictionary(uniqueKeysWithValues: names.map { ($0, "s3cret") })).unknownNamesWarning
  }

  @Test func `who names only settings, and other programs' variables, is not warned`() throws {
    for environment in [
      [:], ["PATH": "/bin", "ECHOCHATTER": "1", "XECHOCHAT_PORT": "1"], ["ECHOCHAT_PORT": "8080", "ECHOCHAT_FAULT": ""],
      ["ECHOCHAT_CORE_DUMPS": "on", "ECHOCHAT_ROOM_RATE": "off", "ECHOCHAT_LOG_FILE": "/x", "ECHOCHAT_USER": "chat"],
    ] {
      let settings = try Settings(environment: environment)
      #expect(settings.unknownNamesWarning == nil && settings.unknownNames == [])
    }
  }

  @Test(
    arguments: [
      ("ECHOCHAT_MESAGE_RATE", "ECHOCHAT_MESSAGE_RATE"), ("ECHOCHAT_PROT", "ECHOCHAT_PORT"), ("ECHOCHAT_ORIGIN", "ECHOCHAT_ORIGINS"),
      ("ECHOCHAT_PUBLICURL", "ECHOCHAT_PUBLIC_URL"), ("ECHOCHAT_DATA_DIRECTORY", "ECHOCHAT_DATA"), ("ECHOCHAT_CONNECTIONS", nil),
      ("ECHOCHAT_SIGNIN", nil), ("echochat_data", "ECHOCHAT_DATA"), ("ECHOCHAT_LOG_LEVEL", "ECHOCHAT_LOG"),
    ] as [(String, String?)])
  func `the setting that is meant is named`(name: String, meant: String?) throws {
    let text = try #require(try warning(name))
    #expect(text.contains("there is no such setting: \(name) (is "))
    if let meant { #expect(text.contains("(is \(meant) meant?)")) }
    #expect(!text.contains("s3cret"))
    #expect(try Settings(environment: [name: "x"]).unknownNames == [name])
  }

  @Test func `a name that is like none is named alone, and many make one sentence`() throws {
    #expect(try warning("ECHOCHAT_FLUXCAPACITOR") == "ignored, since there is no such setting: ECHOCHAT_FLUXCAPACITOR")
    #expect(try warning("ECHOCHAT_") == "ignored, since there is no such setting: ECHOCHAT_")
    let many = Dictionary(uniqueKeysWithValues: (0..<100).map { ("ECHOCHAT_\(String(repeating: "Q", count: 200))\($0)", "") })
    let text = try #require(try Settings(environment: many).unknownNamesWarning)
    #expect(text.hasSuffix("and 92 more") && text.utf8.count < 1000)
  }
}
