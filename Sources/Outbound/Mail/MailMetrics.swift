// What echochat-outbound counts: what became of the mails that it tried to send.
import Posix

struct MailMetrics: Sendable {
  let sent: Counter
  let retried: Counter
  let givenUp: Counter

  init(_ metrics: Metrics) {
    let help = "Tries to send a mail, by what became of it."
    func counter(_ outcome: String) -> Counter { metrics.counter("echochat_mail_tries_total", help, [("outcome", outcome)]) }
    (sent, retried, givenUp) = (counter("sent"), counter("tried_again"), counter("given_up"))
  }
}
