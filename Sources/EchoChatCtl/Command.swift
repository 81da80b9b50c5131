// What the operator can ask for, and the words to ask with.
import Domain
import Glibc
import Posix
import SQL
import Store

enum Command {
  static let help = """
    usage: echochatctl COMMAND

      serve [--programs DIR] [--nginx DIR] [--html DIR]
                  Runs nginx, the REST worker and the push daemon on one data directory until SIGTERM or Ctrl-C.
                  SIGHUP renews them without losing a connection attempt.
                    --programs  where echochat-rest and echochat-push are   (default: beside echochatctl)
                    --nginx     where the shipped nginx configuration is    (default: found from echochatctl's place)
                    --html      where the web page is                       (default: html in the nginx directory)
      user list                     Prints all accounts.
      user show NAME                Prints one.
      user suspend NAME             Shuts a user out: her tokens are dead, her lines are closed.
      user unsuspend NAME           Lets her sign in again.
      room default NAME|ID [--make | --off]
                  Makes a public room take in every new user, or no longer. With --make the room is made first.
      room owner NAME|ID USERNAME   Makes a user an owner of a public room.
      migrate     Makes the data directory and brings its database to the schema of this version.
      version     Prints the versions of EchoChat, of the schema and of SQLite.
      help        Prints this.

    Settings are environment variables; nginx/README.md and README.md list them. The most wanted:
      ECHOCHAT_DATA (var), ECHOCHAT_PORT (8080)

    """

  /// Carries one command out and answers the exit status: 0 done, 1 failed, 64 asked wrongly, 78 wrong setting (sysexits.h).
  static func run(_ arguments: [String]) -> Int32 {
    do {
      let rest = Array(arguments.dropFirst())
      switch arguments.first {
      case "serve":
        try Serve.run(try ServeOptions(rest))
      case "user":
        try People.user(rest)
      case "room":
        try People.room(rest)
      case "migrate" where rest.isEmpty:
        let settings = try DataDirectory.make()
        say("schema \(try DataDirectory.migrate(settings)) -> \(Migrator.version) in \(settings.databasePath)\n")
      case "version" where rest.isEmpty:
        say("EchoChat \(Version.text), schema \(Migrator.version), SQLite \(Database.libraryVersion)\n")
      case "help", "--help", "-h":
        say(help)
      case ExecTrampoline.command:
        ExecTrampoline.run(rest)
      default:
        throw Failure.usage
      }
      return 0
    } catch let failure as Failure {
      Log.error(failure.text)
      return failure.status
    } catch let refusal as ChatError {
      Log.error(refusal.detail)
      return 1
    } catch {
      Log.error("\(error)")
      return error is Settings.Invalid ? Failure.wrongSetting : 1
    }
  }

  /// Standard output, unbuffered: whoever waits for a line gets it at once.
  static func say(_ text: String) {
    Array(text.utf8).withUnsafeBytes { _ = write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }
}

/// Why a command was not carried out, in a sentence for the operator.
struct Failure: Error {
  static let wrongSetting: Int32 = 78
  static let usage = Failure("that is no command of echochatctl: try `echochatctl help`", status: 64)

  let text: String
  let status: Int32

  init(_ text: String, status: Int32 = 1) {
    self.text = text
    self.status = status
  }
}
