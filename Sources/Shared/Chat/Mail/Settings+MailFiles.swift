// The settings of mail that name files, checked by who starts.
public import Configuration
import Glibc
import Posix

extension Settings {
  /// The server that takes the mails, from the setting or the file that it names; nil if mail is off. Throws `Settings.Invalid` if a file is
  /// missing or makes no sense.
  public func mailServer() throws -> SMTPServer? {
    guard isMailOn else { return nil }
    if let path = mail.templates, access(path, R_OK | X_OK) != 0 {
      throw Settings.Invalid("ECHOCHAT_MAIL_TEMPLATES=\(path): wanted a directory; \(Errno("look into it"))")
    }
    if let path = mail.authorities, access(path, R_OK) != 0 {
      throw Settings.Invalid("ECHOCHAT_SMTP_CA=\(path): wanted a file of certificates; \(Errno("read it"))")
    }
    guard let path = mail.serverFile else { return mail.server }
    let name = "ECHOCHAT_SMTP_URL_FILE=\(path)"
    do {
      let text = try TextFile.read(path)
      return try SMTPServer(url: text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "")
    } catch let error as SMTPServer.Malformed {
      throw Settings.Invalid("\(name): wanted \(SMTPServer.wanted) on its first line; \(error.reason)")
    } catch {
      throw Settings.Invalid("\(name): \(error)")
    }
  }
}
