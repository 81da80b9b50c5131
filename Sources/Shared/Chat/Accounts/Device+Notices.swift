// Which devices of an account are the same, and what a security notice says of one.
import Auth
import Domain

extension Device {
  /// What stands for the device where an operator did something to the account.
  static let operators = Device(userAgent: "the operator of this site", address: nil)

  /// 32 bytes that tell one device of an account from another, and nothing else: another program or another network is another device.
  func fingerprint(for user: PublicID) -> [UInt8] {
    Digest.sha256(Array("\(user.text)\n\(network)\n\(userAgent)".utf8))
  }

  /// The last number of an IPv4 address changes with each connection to some providers.
  private var network: String {
    guard let address else { return "" }
    return address.contains(":") ? address : address.split(separator: ".").dropLast().joined(separator: ".")
  }

  /// What a security notice says about it. Not the User-Agent itself, which is long, and whose words whoever signed in may choose.
  var fields: [MailField: String] {
    [.device: self == .operators ? userAgent : UserAgent.name(of: userAgent), .address: address ?? ""]
  }
}
