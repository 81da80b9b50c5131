// A test-only echo server on the daemon's own event loop and WebSocket codec, for conformance suites.
import Glibc
import Posix

Signals.blockTermination()
exit(EchoServer.main(arguments: Array(CommandLine.arguments.dropFirst())))
