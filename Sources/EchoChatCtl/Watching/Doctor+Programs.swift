// What the doctor looks at among the programs: whether they run, what nginx reaches, mail.
import Chat
import Configuration
import Domain
import Glibc
import Posix

extension Doctor {
  private static let mailSecondsMax: Double = 3600

  var programFindings: [Finding] {
    system.programs.map { program in
      guard program.isUp else {
        return .fail(
          "programs", "\(program.name) does not answer: is it started, with the same ECHOCHAT_DATA and ECHOCHAT_RUN? See its log")
      }
      if program.isReady == false { return .fail("programs", "\(program.name) runs and cannot store anything: see its log") }
      if let version = program.version, version != Version.text {
        return .warn("programs", "\(program.name) runs as \(version), installed is \(Version.text): start it anew")
      }
      return .ok("programs", "\(program.name) answers")
    }
  }

  /// Whether nginx's user gets through to the sockets, and to uploaded files.
  var socketFindings: [Finding] {
    guard let user = nginxUser else {
      return [.fail("sockets", "there is no user \(nginxUserName), as whom nginx runs: --nginx-user names another one")]
    }
    let wanted = [(settings.restSocketPath, NginxUser.Right.write), (settings.pushSocketPath, .write), (settings.filesDirectory, .enter)]
    let findings = wanted.compactMap { path, right in
      user.obstacle(on: path, right).map { obstacle in
        Finding.fail("sockets", "nginx's user \(user.name) cannot use \(path): \(obstacle.text). \(advice(on: obstacle))")
      }
    }
    return findings.isEmpty ? [.ok("sockets", "nginx's user \(user.name) can use them")] : findings
  }

  private func advice(on obstacle: NginxUser.Obstacle) -> String {
    guard !obstacle.isMissing else { return "Are the programs started?" }
    guard let group = obstacle.group, group != "root" else {
      return "Put the sockets into a directory that it may enter (ECHOCHAT_RUN), of a user and group of their own"
    }
    return "`usermod --append --groups \(group) \(nginxUserName)`, then restart nginx"
  }

  var mailFindings: [Finding] {
    let server: SMTPServer
    do {
      guard let found = try settings.mailServer() else { return [.ok("mail", "it is off: ECHOCHAT_SMTP_URL is not set")] }
      server = found
    } catch {
      return [.fail("mail", "\(error)")]
    }
    var findings: [Finding] = []
    if let reason = Reachability.obstacle(host: server.host, port: server.port) {
      findings.append(.fail("mail", "\(server.text) cannot be reached: \(reason)"))
    }
    if let givenUp = system.number("echochat_mails", ["state": "given_up"]), givenUp > 0 {
      findings.append(.warn("mail", "\(givenUp) were given up: `echochatctl mail list` says why"))
    }
    if let age = system.value("echochat_mail_oldest_seconds"), age > Self.mailSecondsMax {
      findings.append(.warn("mail", "one has waited for \(Int(age / 3600)) hours: `echochatctl mail list` says why"))
    }
    return findings.isEmpty ? [.ok("mail", "\(server.text) can be reached; `echochatctl mail test ADDRESS` tries it")] : findings
  }
}
