// Which devices of an account are the same, and what a security notice says of one.
import Auth
import Domain

extension Device {
  /// 32 bytes that tell one device of an account from another, and nothing else: another kind of program or another network is another
  /// device, a newer version of the program is not.
  func fingerprint(for user: PublicID) -> [UInt8] {
    Digest.sha256(Array("\(user.text)\n\(network)\n\(program)".utf8))
  }

  /// The last number of an IPv4 address changes with each connection to some providers.
  private var network: String {
    guard let address else { return "" }
    return address.contains(":") ? address : address.split(separator: ".").dropLast().joined(separator: ".")
  }

  /// A few words of ours, or one of theirs: who signs in with a stolen password writes the User-Agent, and would choose what the mail says.
  private var program: String { UserAgent.name(of: userAgent) }

  /// What a security notice says about it.
  var fields: [MailField: String] { [.device: program, .address: address ?? ""] }
}
