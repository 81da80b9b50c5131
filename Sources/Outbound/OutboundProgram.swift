// Wires the parts of echochat-outbound and runs them until it is asked to stop.
import Chat
import Configuration
import Curl
import Glibc
import Posix

enum OutboundProgram {
  private static let usage = "usage: echochat-outbound [--version] [--write-templates DIRECTORY]"

  /// Returns the exit status (sysexits.h): 64 for wrong arguments, 78 for invalid settings, 1 for a system error; 0 at once if mail is off.
  static func main(arguments: [String]) -> Int32 {
    do throws(any Error) {
      switch (arguments.first, arguments.count) {
      case (nil, _): try run()
      case ("--version", 1): print("echochat-outbound \(Version.text)")
      case ("--write-templates", 2): try MailTemplates.write(to: arguments[1])
      default:
        Log.error(usage)
        return 64
      }
      return 0
    } catch let error as Settings.Invalid {
      Log.error(error.description)
      return 78
    } catch {
      Log.error("\(error)")
      return 1
    }
  }

  private static func run() throws {
    let settings = try ProgramStart.makeDirectories(for: .outbound)
    guard let server = try settings.mailServer() else {
      ServiceNotifier.finish(status: "mail is off")
      return Log.info("mail is off: ECHOCHAT_SMTP_URL is not set; there is nothing to do")
    }
    SMTPConnection.setUp()
    let metrics = Metrics(program: "outbound")
    metrics.addProcess(version: Version.text)
    let chat = try Chat(settings: settings, as: .outbound, metrics: metrics)
    chat.addReadiness(to: metrics)
    // One to send, and one to spare.
    try chat.startHealthChecks(readers: 2)
    let pulse = Pulse()
    let listener = try PulseListener(path: settings.outboundSocketPath, pulse, metrics)
    let watch = DataDirectoryWatch(chat, sockets: [listener.socket]) {}
    Log.info("echochat-outbound sends mails", ["version": Version.text, "server": server.text, "from": settings.mail.sender])
    let stop = StopRequest(pulse)
    let mailMetrics = MailMetrics(metrics)
    let thread = Thread(name: "mail") { MailLoop.run(chat, server, stop, pulse, mailMetrics) }
    let notifier = ServiceNotifier.start(status: { chat.serviceStatus }) { pulse.isBeating }

    Signals.waitForTermination()
    notifier?.stop()
    stop.request()
    thread.join()
    chat.stop()
    chat.stopHealthChecks()
    listener.stop()
    watch.stop()
    chat.close()
    Log.info("echochat-outbound has stopped")
    // Not exit(): a connection that is still open is closed by the kernel, not waited for.
    _exit(0)
  }
}

/// The thread that sends mails.
enum MailLoop {
  /// Between two looks for mails that are due.
  static let lookMilliseconds: Int64 = 500
  /// After an error of the store.
  static let errorPauseMilliseconds: Int64 = 1000

  static func run(_ chat: Chat, _ server: SMTPServer, _ stop: StopRequest, _ pulse: Pulse, _ metrics: MailMetrics) {
    let settings = chat.settings
    let templates = MailTemplates(directory: settings.mail.templates)
    templates.check()
    let composer = MailComposer(settings.mail, siteURL: settings.siteURL, templates: templates)
    let connection = SMTPConnection(server, greetingAs: composer.domain, authorities: settings.mail.authorities)
    let sender = MailSender(
      chat: chat, clock: SystemClock(), transport: connection, composer: composer, pauses: RetryPauses(settings.mail), stop: stop,
      metrics: metrics)
    var repeated = RepeatedError()
    while stop.mayBegin {
      pulse.beat()
      var pause = lookMilliseconds
      do {
        // What cannot be recorded is not sent.
        if chat.isReady, try sender.sendDue() { continue }
        sender.close()
        _ = repeated.isNew(nil)
      } catch {
        pause = errorPauseMilliseconds
        if repeated.isNew(error) { Log.error("mails are not sent: \(error)") }
      }
      stop.wait(milliseconds: pause)
    }
  }
}

/// The request to stop, as the thread that sends mails sees it.
final class StopRequest: StopFlag, Sendable {
  /// How long the answer to a mail that the server may have is waited for.
  private static let graceMilliseconds: Int64 = 5000

  private let requestedAt = Condition<Int64?>(nil)
  private let pulse: Pulse

  init(_ pulse: Pulse) {
    self.pulse = pulse
  }

  func request() {
    requestedAt.update { $0 = Clock.bootMilliseconds() }
  }

  /// Returns after `milliseconds`, or when a stop is requested.
  func wait(milliseconds: Int64) {
    _ = requestedAt.wait(milliseconds: milliseconds) { $0 }
  }

  var mayBegin: Bool {
    pulse.beat()
    return requestedAt.update { $0 } == nil
  }

  var mayWait: Bool {
    pulse.beat()
    return requestedAt.update { $0 }.map { Clock.bootMilliseconds() < $0 + Self.graceMilliseconds } ?? true
  }
}
