// The three settings of a host application.
import Testing

@testable import Configuration

@Suite struct HostApplicationTests {
  private static let good = [
    "ECHOCHAT_HOST_KEYS": "/etc/echochat/host.pem", "ECHOCHAT_HOST_ISSUER": "https://intranet.example", "ECHOCHAT_HOST_AUDIENCE": "chat",
  ]

  /// An empty value counts as none.
  private func sentence(_ changes: [String: String]) -> String? {
    do {
      _ = try Settings(environment: Self.good.merging(changes) { $1 })
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `all three name an application, none of them none`() throws {
    let settings = try Settings(environment: Self.good)
    #expect(
      settings.hostApplication
        == HostApplication(keysPath: "/etc/echochat/host.pem", issuer: "https://intranet.example", audience: "chat"))
    #expect(settings.unknownNames.isEmpty)
    #expect(try Settings(environment: [:]).hostApplication == nil)
    #expect(try Settings(environment: Self.good.mapValues { _ in "" }).hostApplication == nil)
  }

  @Test(arguments: good.keys.sorted()) func `one of them alone, or two, stop the start with a sentence that names all`(_ name: String) {
    for missing in [[name: ""], Self.good.filter { $0.key != name }.mapValues { _ in "" }] {
      let text = sentence(missing) ?? ""
      for name in Self.good.keys { #expect(text.contains(name), "\(text)") }
    }
  }

  @Test(arguments: ["a b", "é", "a\nb", String(repeating: "x", count: 257)]) func `names are visible ASCII`(_ name: String) {
    #expect(sentence(["ECHOCHAT_HOST_ISSUER": name])?.hasPrefix("ECHOCHAT_HOST_ISSUER=") == true)
    #expect(sentence(["ECHOCHAT_HOST_AUDIENCE": name])?.hasPrefix("ECHOCHAT_HOST_AUDIENCE=") == true)
  }

  @Test func `the issuer is not the one of our own tokens`() {
    #expect(sentence(["ECHOCHAT_HOST_ISSUER": "echochat"])?.contains("another issuer") == true)
    let url = "https://chat.example"
    #expect(sentence(["ECHOCHAT_PUBLIC_URL": url, "ECHOCHAT_HOST_ISSUER": url])?.contains("another issuer") == true)
    #expect(sentence(["ECHOCHAT_PUBLIC_URL": url, "ECHOCHAT_HOST_AUDIENCE": url]) == nil)
  }
}
