// The mails that wait, and what becomes of them: for the program that sends them and for the operator.
public import Domain
import SQL
import Store

extension Chat {
  // MARK: Sending

  /// What is to be sent now, the longest due first.
  public func dueMails(at now: Timestamp, limit: Int) throws -> [DueMail] { try readers.read { try Mails.due(at: now, limit: limit, $0) } }

  /// Notes that the server may have a mail from now on. Call before it gets the last byte. False if the mail is not waiting any more.
  public func handOverMail(_ id: Int64) throws -> Bool { try commit { try Mails.handOver(id, $0) } }

  /// The server has taken a mail. `releasesHeld`: what waits since it did not work is due now.
  public func mailSent(_ id: Int64, releasesHeld: Bool) throws {
    try commit { transaction in
      try Mails.sent(id, at: transaction.now, transaction)
      if releasesHeld { try Mails.releaseHeld(transaction) }
    }
  }

  /// Mails were not sent for one reason, and are tried again, each at its time. `isAnswered`: the server has refused them, so it does not
  /// have them. `isHeld`: the fault is the server's.
  public func mailsFailed(_ retries: [(id: Int64, at: Timestamp)], because error: String, isAnswered: Bool, isHeld: Bool) throws {
    try commit { transaction in
      for retry in retries {
        try Mails.failed(retry.id, because: error, retryAt: retry.at, isAnswered: isAnswered, isHeld: isHeld, transaction)
      }
    }
  }

  /// A mail is not tried any more.
  public func mailGivenUp(_ id: Int64, because error: String) throws {
    try commit { try Mails.gaveUp(id, because: error, at: $0.now, $0) }
  }

  // MARK: The operator

  /// By number, those after `cursor`; `withSent`: also those that were sent.
  public func mails(after cursor: Int64, withSent: Bool, limit: Int) throws -> [MailRecord] {
    try readers.read { try Mails.list(after: cursor, withSent: withSent, limit: limit, $0) }
  }

  /// Nil if there is none.
  public func mail(_ id: Int64) throws -> MailRecord? { try readers.read { try Mails.find(id, $0) } }

  /// Makes a mail that waits or was given up due now, or all of them (nil), unless it is no longer valid. Returns how many there are.
  public func retryMail(_ id: Int64?) throws -> Int64 { try commit { try Mails.retry(id, at: $0.now, $0) } }

  /// Stores a mail that tells nothing but that mail works, and returns its number.
  public func mailTest(to recipient: EmailAddress) throws -> Int64 { try storeMail(Mail(.test, to: recipient, user: nil)) }

  /// Stores a mail that no other change causes, and returns its number.
  public func storeMail(_ mail: Mail) throws -> Int64 { try commit { try Mails.insert(mail, at: $0.now, $0) } }

  // MARK: Retention

  /// Erases what is no longer valid, and forgets what was sent or given up long ago.
  func sweepMails() throws {
    while try commit({ try Mails.sweep(at: $0.now, $0) }) {}
  }
}
