// The worker threads.
import Glibc
import Posix

/// There are many, and they are cheap: with `fastcgi_keep_conn`, each connection that nginx keeps occupies one.
final class WorkerPool: Sendable {
  /// Under load, every thread that waits in accept() receives a last request within this time. Only then are the others interrupted,
  /// since a signal could also hit a connection that has just been accepted.
  private static let lastAcceptMicroseconds: UInt32 = 50_000
  private static let interruptEveryMicroseconds: UInt32 = 10_000

  private let stopFlag = StopFlag()
  private let socket: ListeningSocket
  private let workers: [Worker]
  private let threads: [Thread]

  /// Starts `count` threads that accept requests from `socket`.
  init(count: Int, socket: ListeningSocket, _ responder: Responder) {
    FastCGIConnection.setUp()
    Interruption.prepare()
    let (stopFlag, number) = (stopFlag, socket.number)
    self.socket = socket
    workers = (0..<count).map { _ in Worker(responder, socket: number, stopFlag) }
    threads = workers.map { worker in Thread(name: "worker") { worker.run() } }
  }

  /// Has the workers that wait turn to the socket that is under the number now.
  func listenAgain() {
    for worker in workers { worker.interruptIfWaiting() }
  }

  /// Accepts no further requests, lets the current ones finish and closes the connections that nginx keeps. Returns the number of workers
  /// that still had a request when `milliseconds` had passed.
  ///
  /// nginx may send a request on a kept connection just as it is closed. It then retries idempotent requests only, not a POST, so
  /// `echochatctl serve` first switches nginx to the new process and stops the old one after that.
  func stop(milliseconds: Int64) -> Int {
    let deadline = Clock.monotonicNanoseconds() + milliseconds * 1_000_000
    stopFlag.raise()
    FastCGIConnection.endWaiting()
    usleep(Self.lastAcceptMicroseconds)
    while true {
      let left = workers.filter { !$0.hasEnded }
      if left.isEmpty || Clock.monotonicNanoseconds() >= deadline {
        for (worker, thread) in zip(workers, threads) where worker.hasEnded { thread.join() }
        return left.count
      }
      // Repeatedly: a signal that arrives just before the system call interrupts nothing.
      for worker in left { worker.interruptIfWaiting() }
      usleep(Self.interruptEveryMicroseconds)
    }
  }
}
