// The REST program: responds to HTTP requests that nginx passes on as FastCGI. Everything is in RestServer, since a closure written
// here would be isolated to the main actor and trap on any other thread.
import Glibc
import Posix

Process.protect()
Signals.blockTermination()
Log.reopen()
exit(RestServer.run(arguments: CommandLine.arguments))
