// A test-only server that sends back what it is sent, made of the daemon's own loop and codec, for conformance suites.
import Glibc
import Posix

Signals.blockTermination()
exit(EchoServer.main(arguments: Array(CommandLine.arguments.dropFirst())))
