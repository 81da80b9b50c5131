// The settings of e-mail.
public import Domain
import HTTPSyntax

public struct MailSettings: Sendable {
  /// `ECHOCHAT_SMTP_URL`: the server that takes the mails; nil: mail is off, or its URL is in a file.
  public var server: SMTPServer?
  /// `ECHOCHAT_SMTP_URL_FILE`: a file with that URL, for a password that is not to be in the environment. echochat-outbound reads it.
  public var serverFile: String?
  /// `ECHOCHAT_SMTP_CA`: a file of certificates (PEM) that may have issued the server's, instead of the system's.
  public var authorities: String?
  /// `ECHOCHAT_MAIL_FROM`: the sender's address; `echochat@` the host of the site.
  public var sender = "echochat@localhost"
  /// `ECHOCHAT_NAME`: what the site is called.
  public var siteName = SiteName.standard
  /// `ECHOCHAT_MAIL_TEMPLATES`: a directory of templates that replace the shipped ones.
  public var templates: String?
  /// `ECHOCHAT_MAIL_RETRY`: the pauses after a first and, doubled each time, at most before a further try.
  public var firstRetrySeconds: Int64 = 60
  public var longestRetrySeconds: Int64 = 86_400
  /// `ECHOCHAT_MAIL_GIVE_UP`: how long a mail is tried.
  public var giveUpSeconds: Int64 = 4 * 86_400

  public init() {}

  public var isOn: Bool { server != nil || serverFile != nil }
}

extension SettingsReader {
  func mail(_ standard: MailSettings, publicURL: Origin?) throws(Settings.Invalid) -> MailSettings {
    var mail = standard
    mail.serverFile = text("ECHOCHAT_SMTP_URL_FILE")
    if let url = text("ECHOCHAT_SMTP_URL") {
      guard mail.serverFile == nil else {
        throw Settings.Invalid("ECHOCHAT_SMTP_URL and ECHOCHAT_SMTP_URL_FILE: wanted one of them")
      }
      do throws(SMTPServer.Malformed) {
        mail.server = try SMTPServer(url: url)
      } catch {
        // The value may have a password.
        throw Settings.Invalid("ECHOCHAT_SMTP_URL: wanted \(SMTPServer.wanted); \(error.reason)")
      }
    }
    mail.authorities = text("ECHOCHAT_SMTP_CA")
    mail.templates = text("ECHOCHAT_MAIL_TEMPLATES")
    mail.sender = try sender(publicURL) ?? mail.sender
    if let name = text("ECHOCHAT_NAME") {
      guard let name = SiteName(name) else {
        throw invalid("ECHOCHAT_NAME", "a name of 1 to \(SiteName.charactersMax) characters on one line")
      }
      mail.siteName = name
    }
    (mail.firstRetrySeconds, mail.longestRetrySeconds) = try pauses(mail.firstRetrySeconds, mail.longestRetrySeconds)
    mail.giveUpSeconds = try duration("ECHOCHAT_MAIL_GIVE_UP", mail.giveUpSeconds, 1...30 * 86_400)
    guard !mail.isOn || publicURL != nil else {
      throw Settings.Invalid("ECHOCHAT_SMTP_URL is set, but not ECHOCHAT_PUBLIC_URL: the links in mails must lead to the site")
    }
    return mail
  }

  func requiresVerified(isMailOn: Bool) throws(Settings.Invalid) -> Bool {
    let name = "ECHOCHAT_REQUIRE_VERIFIED"
    switch text(name) {
    case nil, "0": return false
    case "1":
      guard isMailOn else { throw Settings.Invalid("\(name)=1, but mail is off: without ECHOCHAT_SMTP_URL nobody can verify an address") }
      return true
    default: throw invalid(name, "1 or 0")
    }
  }

  private func sender(_ publicURL: Origin?) throws(Settings.Invalid) -> String? {
    let name = "ECHOCHAT_MAIL_FROM"
    if let address = text(name) {
      do throws(ChatError) {
        return try EmailAddress(address).text
      } catch {
        throw invalid(name, "an address such as chat@example.org")
      }
    }
    // An IPv6 address is none that mail can come from, nor is a host name of more than 254 bytes with what stands before it.
    let host = publicURL.map { $0.authority.first == "[" ? "localhost" : String($0.authority.prefix { $0 != ":" }) }
    return host.flatMap { try? EmailAddress("echochat@\($0)") }?.text
  }

  /// `1m-24h`: two durations.
  private func pauses(_ first: Int64, _ longest: Int64) throws(Settings.Invalid) -> (Int64, Int64) {
    let name = "ECHOCHAT_MAIL_RETRY"
    guard let text = text(name) else { return (first, longest) }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Settings.seconds(String($0)) }
    guard parts.count == 2, let first = parts[0], let longest = parts[1], first >= 1, first <= longest, longest <= 7 * 86_400 else {
      throw invalid(name, "the first pause and the longest, such as 1m-24h, from 1s to 7d")
    }
    return (first, longest)
  }
}
