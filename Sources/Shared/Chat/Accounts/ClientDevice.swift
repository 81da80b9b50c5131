// The device that a request comes from, as far as an account can tell its devices apart.
import Auth
import Domain

/// User agent and network: another program or another network counts as another device.
struct ClientDevice: Sendable {
  let userAgent: String
  /// The address (IPv6: its /64), for people; empty if it is unknown.
  let address: String
  private let network: String

  /// `client`: as nginx names it, `v4 192.0.2.7` or `v6 2001:db8:0:1`.
  init(userAgent: String, client: String?) {
    self.userAgent = userAgent
    let words = (client ?? "").split(separator: " ")
    switch (words.first, words.last) {
    case ("v4"?, let text?) where words.count == 2:
      address = String(text)
      // The last number changes with each connection to some providers.
      network = "v4 \(text.split(separator: ".").dropLast().joined(separator: "."))"
    case ("v6"?, let text?) where words.count == 2:
      address = "\(text)::/64"
      network = "v6 \(text)"
    default:
      address = ""
      network = ""
    }
  }

  /// What stands for the device where an operator did something to the account.
  static let operators = ClientDevice(userAgent: "the operator of this site", client: nil)

  /// 32 bytes that tell one device of an account from another, and nothing else.
  func fingerprint(for user: PublicID) -> [UInt8] {
    Digest.sha256(Array("\(user.text)\n\(network)\n\(userAgent)".utf8))
  }

  /// What a security notice says about it.
  var fields: [MailField: String] { [.device: userAgent, .address: address] }
}
