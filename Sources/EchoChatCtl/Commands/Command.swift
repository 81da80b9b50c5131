// The commands of echochatctl: help text, dispatch and exit status.
import Configuration
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
                  SIGHUP restarts them without losing a connection attempt; SIGUSR1 has them open their logs anew.
                    --programs  where echochat-rest and echochat-push are   (default: beside echochatctl)
                    --nginx     where the shipped nginx configuration is    (default: found from echochatctl's place)
                    --html      where the web page is                       (default: html in the nginx directory)
      user list                     Prints all accounts.
      user show NAME                Prints one account.
      user suspend NAME             Suspends an account: revokes its sessions and closes its connections.
      user unsuspend NAME           Allows the user to sign in again.
      user import FILE.csv|FILE.json [--dry-run]
                  Makes accounts with the password hashes of another system: all of the file, or none if anything is wrong with it.
      room default NAME|ID [--make | --off]
                  Makes a public room one that new users join, or no longer. --make creates the room first.
      room owner ID|NAME USERNAME   Makes a user an owner of a group or public room; a name finds public rooms only.
      audit [--user NAME] [--since 7d|TIME] [--action ACTION] [--limit N] [--json]
                  Prints who did what, the newest last: sign-ins, changes of passwords and roles, suspensions, deletions, operators' acts.
      migrate [--no-copy]
                  Creates the data directory and brings its database to the schema of this version, beside a copy of it as it was.
                    --no-copy   without the copy, for which the disk may lack the room
      version     Prints the versions of EchoChat, of the schema and of SQLite.
      help        Prints this text.

    Settings are environment variables; README.md lists them. The most common:
      ECHOCHAT_DATA (var), ECHOCHAT_PORT (8080)
    Run by root, every command becomes the owner of the data directory first.

    """

  /// Runs one command and returns the exit status: 0 done, 1 failed, 64 wrong usage, 78 invalid setting (sysexits.h).
  static func run(_ arguments: [String]) -> Int32 {
    // The trampoline keeps a signal for the program that it starts.
    if arguments.first != ExecTrampoline.command { Signals.ignoreReopening() }
    _ = Operator.actor
    do {
      try dispatch(arguments.first, Array(arguments.dropFirst()))
      return 0
    } catch let failure as Failure {
      Log.error(failure.text)
      return failure.status
    } catch let error as ChatError {
      Log.error(error.detail)
      return 1
    } catch {
      Log.error("\(error)")
      return error is Settings.Invalid ? Failure.invalidSetting : 1
    }
  }

  private static func dispatch(_ name: String?, _ arguments: [String]) throws {
    switch name {
    case "serve": try Serve.run(try ServeOptions(arguments))
    case "user" where arguments.first == "import": try ImportCommand.run(Array(arguments.dropFirst()))
    case "user": try UserCommands.run(arguments)
    case "room": try RoomCommands.run(arguments)
    case "audit": try AuditCommands.run(arguments)
    case "migrate": try DatabaseCommands.migrate(arguments)
    case "version" where arguments.isEmpty:
      print("EchoChat \(Version.text), schema \(Migrator.version), SQLite \(Database.libraryVersion)\n")
    case "help", "--help", "-h": print(help)
    case ExecTrampoline.command: ExecTrampoline.run(arguments)
    default: throw Failure.usage
    }
  }

  /// Writes to standard output without a buffer: a program that waits for a line gets it at once.
  static func print(_ text: String) {
    Array(text.utf8).withUnsafeBytes { _ = write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }
}
