// Mails that tell users what was done to their accounts.
import Configuration
import Domain
import SQL
import Store

extension Chat {
  /// Notices of one kind that an account gets in an hour: anyone who causes more has been noticed.
  static let noticesMax: Int64 = 20
  /// How long a device that does not sign in is remembered.
  static let deviceKeepSeconds: Int64 = 180 * 86_400

  /// Remembers the device that signs in, and tells the user of one that their account does not know.
  func noticeSignIn(of user: User, from device: Device, _ transaction: Transaction) throws {
    guard try !KnownDevices.see(device.fingerprint(for: user.id), of: user.rowID, at: transaction.now, transaction) else { return }
    try notify(.newDevice, of: user, from: device, transaction)
  }

  /// Sends a notice to the account's address, if its user has verified it: another one may be somebody else's. `device` is nil for what an
  /// operator did.
  func notify(_ kind: MailKind, of user: User, from device: Device?, _ transaction: Transaction) throws {
    let email = try Users.accountEmail(of: user.rowID, transaction.database)
    guard email.isVerified, let address = Self.address(email.address) else { return }
    try notify(address, kind, of: user, from: device, [:], transaction)
  }

  /// The same, to an address that was the account's.
  func notify(
    _ address: EmailAddress, _ kind: MailKind, of user: User, from device: Device?, _ fields: [MailField: String],
    _ transaction: Transaction
  ) throws {
    guard settings.isMailOn else { return }
    let start = transaction.now + .seconds(-Self.mailWindowSeconds)
    guard try Mails.count(kind, of: user.rowID, since: start, transaction.database) < Self.noticesMax else { return }
    let source = device?.fields ?? [.device: "the operator of this site"]
    let all = Self.fields(of: user).merging(source) { $1 }.merging(fields) { $1 }
    try Mails.insert(Mail(kind, to: address, user: user.rowID, fields: all), at: transaction.now, transaction)
  }
}
