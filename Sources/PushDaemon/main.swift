// The push daemon: holds the line open to every subscriber.
import Glibc
import Posix

Signals.blockTermination()
exit(Daemon.main(arguments: Array(CommandLine.arguments.dropFirst())))
