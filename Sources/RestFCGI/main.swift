// Answers HTTP requests that nginx hands over as FastCGI. Everything happens in RestServer: a closure written here would belong to
// the main actor and trap on any other thread.
import Glibc
import Posix

Signals.blockTermination()
exit(RestServer.run(arguments: CommandLine.arguments))
