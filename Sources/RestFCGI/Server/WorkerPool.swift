// The threads that answer.
import Glibc
import Posix

/// Many and light: with `fastcgi_keep_conn`, each connection that nginx keeps occupies one.
final class WorkerPool: Sendable {
  /// Under load, every thread that waits in accept() gets a last request within this time; only then are the others woken, since a
  /// signal could also meet a connection that has just been accepted.
  private static let lastAcceptMicroseconds: UInt32 = 50_000
  private static let interruptEveryMicroseconds: UInt32 = 10_000

  private let stopSign = StopFlag()
  private let socket: ListeningSocket
  private let workers: [Worker]
  private let threads: [Thread]

  /// Starts `count` threads that take requests from `socket`.
  init(count: Int, socket: consuming ListeningSocket, _ answering: Responder) {
    FastCGIConnection.setUp()
    Interruption.prepare()
    let (stopSign, number) = (stopSign, socket.number)
    self.socket = socket
    workers = (0..<count).map { _ in Worker(answering, socket: number, stopSign) }
    threads = workers.map { worker in Thread(name: "worker") { worker.run() } }
  }

  /// Takes no further requests, lets those in hand be answered and closes the connections that nginx keeps. Answers how many workers
  /// still had a request in hand when `milliseconds` had passed.
  ///
  /// nginx may send a request on a kept connection at the very moment of its end. It then repeats what may be repeated, and a POST may
  /// not. So `echochatctl serve` first turns nginx to the next worker and only then stops this one.
  func stop(milliseconds: Int64) -> Int {
    let deadline = Clock.monotonicNanoseconds() + milliseconds * 1_000_000
    stopSign.raise()
    FastCGIConnection.endWaiting()
    usleep(Self.lastAcceptMicroseconds)
    while true {
      let left = workers.filter { !$0.hasEnded }
      if left.isEmpty || Clock.monotonicNanoseconds() >= deadline {
        for (worker, thread) in zip(workers, threads) where worker.hasEnded { thread.join() }
        return left.count
      }
      // Again and again: a signal that comes a moment before the system call interrupts nothing.
      for worker in left { worker.interruptIfWaiting() }
      usleep(Self.interruptEveryMicroseconds)
    }
  }
}
