// Accept, answer, repeat: one thread of the pool.
import Glibc
import Posix
import Synchronization

final class Worker: Sendable {
  /// After a failed accept (out of descriptors, say) the next is not tried at once.
  private static let pauseMicroseconds: UInt32 = 100_000

  private enum Phase {
    case starting
    /// Nothing in hand: in accept(), or reading a connection that nginx keeps.
    case waiting(pthread_t)
    case answering
    case ended
  }

  private let answering: Responder
  private let socket: Int32
  private let stopSign: StopFlag
  private let phase = Condition(Phase.starting)

  init(_ answering: Responder, socket: Int32, _ stopSign: StopFlag) {
    self.answering = answering
    self.socket = socket
    self.stopSign = stopSign
  }

  var hasEnded: Bool {
    phase.update { if case .ended = $0 { true } else { false } }
  }

  /// Serves until the pool stops; call on a thread of its own.
  func run() {
    let exchange = FastCGIConnection(listeningOn: socket)
    let thread = pthread_self()
    var ids = RequestID()
    var lastError: Int32 = 0
    while !stopSign.isRaised {
      phase.update { $0 = .waiting(thread) }
      let error = exchange.accept()
      phase.update { $0 = .answering }
      if error == 0 { serve(exchange, requestID: ids.next()) } else { pause(after: error, isNews: error != lastError) }
      lastError = error
    }
    phase.update { $0 = .ended }
  }

  /// Makes a worker that waits look around. One that has a request in hand is left in peace: the signal could cut its writing short.
  func interruptIfWaiting() {
    phase.update { phase in
      if case .waiting(let thread) = phase { pthread_kill(thread, Interruption.signal) }
    }
  }

  private func serve(_ exchange: FastCGIConnection, requestID: String) {
    let parameters = exchange.parameters()
    let response: Response
    var method: Method?
    do {
      let request = Request(parameters, body: exchange.body(length: try Request.contentLength(parameters)))
      method = request.method
      response = answering.answer(request, requestID: requestID)
    } catch {
      response = Response(error, requestID: requestID)
    }
    exchange.finish(response, requestID: requestID, withBody: method != .head, keepingConnection: !stopSign.isRaised)
  }

  private func pause(after error: Int32, isNews: Bool) {
    guard !stopSign.isRaised else { return }
    if isNews { Log.error("\(Errno("accept", code: -error))") }
    usleep(Self.pauseMicroseconds)
  }
}

/// Tells all workers to come to an end.
final class StopFlag: Sendable {
  private let raised = Atomic(false)

  var isRaised: Bool { raised.load(ordering: .relaxed) }

  func raise() { raised.store(true, ordering: .relaxed) }
}

/// A signal that does nothing but interrupt the system call in which a thread waits.
enum Interruption {
  static let signal = SIGUSR2

  static func prepare() {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    // Without SA_RESTART: the point is that the call returns.
    action.sa_flags = 0
    sigemptyset(&action.sa_mask)
    sigaction(signal, &action, nil)
  }
}
