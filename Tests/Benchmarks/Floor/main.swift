// The benchmark's floors: as little as must be done to deliver, to answer or to store, so that what the system adds can be seen.
import Glibc
import Posix

Signals.blockTermination()
exit(Floor.main(arguments: Array(CommandLine.arguments.dropFirst())))
