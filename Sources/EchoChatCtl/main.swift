// The operator's command line.
import Glibc

exit(Command.run(Array(CommandLine.arguments.dropFirst())))
