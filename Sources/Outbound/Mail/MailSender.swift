// Sends what is due, one mail after the other, and records what became of each.
import Chat
import Configuration
import Curl
import Domain
import Glibc
import Posix

/// What hands a mail to a server: `SMTPConnection`, or a test.
protocol MailTransport: AnyObject {
  func send(
    _ mail: [UInt8], from sender: String, to recipient: String, handOver: @escaping () -> Bool, mayGoOn: @escaping () -> Bool
  ) -> SMTPResult
  func close()
}

extension SMTPConnection: MailTransport {}

/// Tells whether the program is to stop.
protocol StopFlag: AnyObject {
  /// Whether a mail may be sent that the server does not have yet.
  var mayBegin: Bool { get }
  /// Whether to wait for the answer to one that it may have.
  var mayWait: Bool { get }
}

/// For one thread. A mail is recorded as handed over before the server gets its last byte, and as sent after the server's answer: whenever the
/// program is killed, what it finds afterwards says whether the server may have the mail. Such a mail is sent once more, with the same
/// Message-ID, and then no more. See Sources/Decisions/0019.
final class MailSender {
  /// Mails read at a time.
  static let batchMax = 100
  /// Faults of the server in a row, after which the rest of what is due waits with them.
  static let serverFaultsMax = 3
  /// Times that a mail is handed over without an answer.
  static let unansweredMax: Int64 = 2

  private let chat: Chat
  private let clock: any TimeSource
  private let transport: any MailTransport
  private let composer: MailComposer
  private let pauses: RetryPauses
  private let stop: any StopFlag
  private let metrics: MailMetrics
  private var serverFaults = 0
  /// Whether mails may wait for the server to work again, as they may at the start.
  private var isHolding = true
  private var repeated = RepeatedError()

  init(
    chat: Chat, clock: any TimeSource, transport: any MailTransport, composer: MailComposer, pauses: RetryPauses,
    stop: any StopFlag, metrics: MailMetrics = MailMetrics(Metrics())
  ) {
    self.metrics = metrics
    self.chat = chat
    self.clock = clock
    self.transport = transport
    self.composer = composer
    self.pauses = pauses
    self.stop = stop
  }

  /// Sends what is due. False if nothing was. Throws `StoreError`.
  func sendDue() throws -> Bool {
    let mails = try chat.dueMails(at: clock.now, limit: Self.batchMax)
    for (index, mail) in mails.enumerated() where stop.mayBegin {
      try send(mail)
      if serverFaults >= Self.serverFaultsMax {
        try hold(mails[(index + 1)...])
        break
      }
    }
    return !mails.isEmpty
  }

  /// Ends the connection, until the next mail.
  func close() { transport.close() }

  private func send(_ mail: DueMail) throws {
    if let reason = unsendable(mail) { return try giveUp(mail, reason) }
    guard let recipient = try? EmailAddress(mail.recipient) else { return try giveUp(mail, "this is no e-mail address") }
    guard let kind = mail.kind else {
      return try retry(mail, because: "this version of EchoChat writes no mails of this kind", isAnswered: false, isHeld: false)
    }
    var handedOver: Result<Bool, any Error>?
    let result = transport.send(
      composer.message(kind, mail, to: recipient), from: composer.sender, to: recipient.text,
      handOver: { [chat] in
        let answer = Result { try chat.handOverMail(mail.id) }
        handedOver = answer
        return (try? answer.get()) ?? false
      }, mayGoOn: { [stop] in handedOver == nil ? stop.mayBegin : stop.mayWait })
    // What cannot be recorded is not sent.
    _ = try handedOver?.get()
    try record(result, of: mail)
  }

  /// Why a mail is not to be sent any more; nil if it is.
  private func unsendable(_ mail: DueMail) -> String? {
    if let end = mail.validUntil, clock.now >= end { return "its link works no more" }
    if mail.unanswered >= Self.unansweredMax {
      return "it was sent \(mail.unanswered) times without the server's answer becoming known: it may have arrived"
    }
    if mail.kind?.hasLink == true, mail.fields[.link] == nil { return "its link was erased" }
    return nil
  }

  private func record(_ result: SMTPResult, of mail: DueMail) throws {
    if result.isAccepted {
      #if DEBUG
        // Stops between the server's answer and its record, where a test kills the program.
        if chat.settings.fault == "stop-before-mail-is-recorded" { raise(SIGSTOP) }
      #endif
      try chat.mailSent(mail.id, releasesHeld: isHolding)
      metrics.sent.add()
      (serverFaults, isHolding) = (0, false)
      Log.debug("mail sent", ["mail": mail.id])
      if repeated.isFailing { Log.info("mail is sent again") }
      _ = repeated.isNew(nil)
      return
    }
    // The program stops, or the mail is not waiting any more. If the server may have it, that is recorded.
    if result.isBrokenOff { return }
    let error = composer.withoutLinks(Self.text(result))
    let isServerFault = result.step.isOfServer
    serverFaults = isServerFault ? serverFaults + 1 : 0
    if mail.kind == .test { return try giveUp(mail, error) }
    if let reply = result.reply, reply.isPermanent, !isServerFault, result.step != .sender { return try giveUp(mail, error) }
    let isAnswered = result.step != .end || result.reply?.isRefusal == true
    try retry(mail, because: error, isAnswered: isAnswered, isHeld: isServerFault)
  }

  /// What went wrong, in words for the operator: what was said, and what the server said to that.
  private static func text(_ result: SMTPResult) -> String {
    let step = result.step == .end ? "the mail" : result.step.rawValue
    guard let reply = result.reply, reply.isRefusal else { return result.step == .connecting ? result.error : "\(step): \(result.error)" }
    return "\(result.step == .connecting ? "greeting" : step): \(reply.description)"
  }

  private func retry(_ mail: DueMail, because error: String, isAnswered: Bool, isHeld: Bool) throws {
    guard let next = pauses.next(after: mail.attempts + 1, mail, at: clock.now) else { return try giveUp(mail, error) }
    if isHeld { isHolding = true }
    if repeated.isNew(Failure(error)) { Log.warning("mail \(mail.id) is not sent, and is tried again: \(error)") }
    try chat.mailsFailed([(mail.id, next)], because: error, isAnswered: isAnswered, isHeld: isHeld)
    metrics.retried.add()
  }

  /// The rest of what is due waits for the server.
  private func hold(_ mails: ArraySlice<DueMail>) throws {
    serverFaults = 0
    let retries = mails.filter { $0.kind != .test }.compactMap { mail in
      pauses.next(after: mail.attempts + 1, mail, at: clock.now).map { (id: mail.id, at: $0) }
    }
    try chat.mailsFailed(retries, because: "the server does not work", isAnswered: false, isHeld: true)
  }

  private func giveUp(_ mail: DueMail, _ reason: String) throws {
    Log.warning("mail \(mail.id) is given up: \(reason)")
    try chat.mailGivenUp(mail.id, because: reason)
    metrics.givenUp.add()
  }

  private struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }
}
