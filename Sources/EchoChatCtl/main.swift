// The operator's command line.
import Glibc
import Posix

Process.protect()
exit(Command.run(Array(CommandLine.arguments.dropFirst())))
