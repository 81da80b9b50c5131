// echochat-outbound: delivers to the outside. The only program that opens connections to other hosts.
import Glibc
import Posix

Process.protect()
Signals.blockTermination()
Log.reopen()
exit(OutboundProgram.main(arguments: Array(CommandLine.arguments.dropFirst())))
