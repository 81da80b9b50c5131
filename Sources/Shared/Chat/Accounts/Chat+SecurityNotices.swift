// Mails that tell users what was done to their accounts.
import Configuration
import Domain
import SQL
import Store

extension Chat {
  /// Notices about new devices that an account gets in an hour: anyone who makes more has been noticed.
  static let newDeviceMailsMax: Int64 = 20
  /// How long a device that does not sign in is remembered.
  static let deviceKeepSeconds: Int64 = 180 * 86_400

  /// Remembers the device that signs in, and tells the user of one that their account has not seen.
  func noticeSignIn(of user: User, from device: Device, _ transaction: Transaction) throws {
    let now = transaction.now
    let familiarity = try KnownDevices.see(device.fingerprint(for: user.id), of: user.rowID, at: now, transaction)
    guard familiarity == .new,
      try KnownDevices.count(of: user.rowID, firstSeenAfter: now + .seconds(-Self.mailWindowSeconds), transaction.database)
        <= Self.newDeviceMailsMax
    else { return }
    try notify(.newDevice, of: user, from: device, transaction)
  }

  /// Sends a notice to the account's address, if its user has verified it: another one may be somebody else's.
  func notify(_ kind: MailKind, of user: User, from device: Device, _ transaction: Transaction) throws {
    let email = try Users.accountEmail(of: user.rowID, transaction.database)
    guard email.isVerified, let address = Self.address(email.address) else { return }
    try notify(address, kind, of: user, from: device, [:], transaction)
  }

  /// The same, to an address that was the account's.
  func notify(
    _ address: EmailAddress, _ kind: MailKind, of user: User, from device: Device, _ fields: [MailField: String],
    _ transaction: Transaction
  ) throws {
    guard settings.isMailOn else { return }
    let all = Self.fields(of: user).merging(device.fields) { $1 }.merging(fields) { $1 }
    try Mails.insert(Mail(kind, to: address, user: user.rowID, fields: all), at: transaction.now, transaction)
  }
}
