// echochat-push: holds the WebSocket connections and delivers events to them.
import Glibc
import Posix

Process.protect()
Signals.blockTermination()
Log.reopen()
exit(PushDaemon.main(arguments: Array(CommandLine.arguments.dropFirst())))
