// echochat-push: holds the WebSocket connections and delivers events to them.
import Glibc
import Posix

Signals.blockTermination()
exit(PushDaemon.main(arguments: Array(CommandLine.arguments.dropFirst())))
