// `echochatctl doctor`: looks at everything that is usually wrong when something does not work. Changes nothing.
import Chat
import Configuration
import Domain
import Glibc
import HTTPSyntax
import Posix

enum DoctorCommand {
  static let command = Command(
    "doctor",
    options: [
      .json, .init("--nginx", value: "DIR", "Where nginx's configuration is; /etc/nginx, or that of `serve`."),
      .init("--nginx-user", value: "NAME", "The user that nginx's workers run as; www-data, or that of `serve`."),
    ],
    text:
      "Looks at settings, files, programs, nginx, disk, mail and backup; says what is wrong, and what to do. Exit status 1 if something is.",
    run: run)

  private static func run(_ arguments: Arguments) throws {
    let findings: [Finding]
    do {
      let settings = try ProgramStart.readSettings()
      findings = Doctor(settings, nginx: arguments.value("--nginx"), nginxUser: arguments.value("--nginx-user")).findings
    } catch let error as Settings.Invalid {
      findings = [.fail("settings", error.description)]
    }
    if arguments.has("--json") {
      Output.printJSON(findings) { $1.write(&$0) }
    } else {
      for finding in findings { Output.row(finding.row) }
    }
    if findings.contains(where: { $0.level == .fail }) { throw Failure.silent }
  }
}

/// What there is to look at.
struct Doctor {
  let settings: Settings
  let system: RunningSystem
  let nginx: NginxFiles
  let nginxUser: NginxUser?
  let nginxUserName: String

  /// `nginx` and `nginxUser` are what the operator says of them.
  init(_ settings: Settings, nginx directory: String?, nginxUser name: String?) {
    self.settings = settings
    system = RunningSystem(settings)
    let own = settings.data + "/nginx"
    let isServed = system.programs.contains { $0.name == "nginx" } || access("/etc/nginx/echochat-http.conf", F_OK) != 0
    let isOwn = directory == nil && isServed && access(own + "/run.conf", F_OK) == 0
    nginx = NginxFiles(
      directory: directory ?? (isOwn ? own : "/etc/nginx"), socket: settings.restSocketPath, host: settings.publicURL?.host)
    nginxUserName = name ?? (isOwn ? NginxUser.ownerName(of: own) : nil) ?? "www-data"
    nginxUser = NginxUser(named: nginxUserName)
  }

  var findings: [Finding] {
    settingsFindings + dataFindings + [disk] + databaseFindings + [clock] + programFindings + socketFindings + nginxFindings + [publicURL]
      + certificateFindings + mailFindings + [backup, thumbnails]
  }
}
