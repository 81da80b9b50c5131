// The benchmark's floors: the least work needed to deliver, respond or store, to show what the system adds.
import Glibc
import Posix

Signals.blockTermination()
exit(Floor.main(arguments: Array(CommandLine.arguments.dropFirst())))
