// One thread of the pool: accepts requests and responds to them.
import Glibc
import Posix
import Synchronization

final class Worker: Sendable {
  /// The pause after a failed accept (out of descriptors, for example).
  private static let pauseMicroseconds: UInt32 = 100_000

  private enum Phase {
    case starting
    /// Without a request: in accept(), or reading from a connection that nginx keeps.
    case waiting(pthread_t)
    case responding
    case ended
  }

  private let responder: Responder
  private let socket: Int32
  private let stopFlag: StopFlag
  private let phase = Condition(Phase.starting)

  init(_ responder: Responder, socket: Int32, _ stopFlag: StopFlag) {
    self.responder = responder
    self.socket = socket
    self.stopFlag = stopFlag
  }

  var hasEnded: Bool {
    phase.update { if case .ended = $0 { true } else { false } }
  }

  /// Serves until the pool stops; call on a thread of its own.
  func run() {
    let connection = FastCGIConnection(listeningOn: socket)
    let thread = pthread_self()
    var ids = RequestID()
    var lastError: Int32 = 0
    while !stopFlag.isRaised {
      phase.update { $0 = .waiting(thread) }
      let error = connection.accept()
      phase.update { $0 = .responding }
      if error == 0 { serve(connection, requestID: ids.next()) } else { pause(after: error, isNew: error != lastError) }
      lastError = error
    }
    phase.update { $0 = .ended }
  }

  /// Makes a waiting worker check the stop flag. A worker with a request is not interrupted: the signal could cut its writing short.
  func interruptIfWaiting() {
    phase.update { phase in
      if case .waiting(let thread) = phase { pthread_kill(thread, Interruption.signal) }
    }
  }

  private func serve(_ connection: FastCGIConnection, requestID: String) {
    let parameters = connection.parameters()
    let response: Response
    var method: Method?
    do {
      let length = try Request.contentLength(parameters)
      let stream = Routes.isUpload(parameters) ? connection.bodyStream(length: length) : nil
      let request = Request(parameters, body: stream.map { .stream($0) } ?? connection.body(length: length))
      method = request.method
      response = responder.respond(to: request, requestID: requestID)
      stream?.drain()
    } catch {
      response = Response(error, requestID: requestID)
      responder.metrics.record(response, route: nil, microseconds: 0)
    }
    connection.finish(response, requestID: requestID, withBody: method != .head, keepingConnection: !stopFlag.isRaised)
  }

  private func pause(after error: Int32, isNew: Bool) {
    guard !stopFlag.isRaised else { return }
    if isNew { Log.error("\(Errno("accept", code: -error))") }
    usleep(Self.pauseMicroseconds)
  }
}

/// Tells all workers to stop.
final class StopFlag: Sendable {
  private let raised = Atomic(false)

  var isRaised: Bool { raised.load(ordering: .relaxed) }

  func raise() { raised.store(true, ordering: .relaxed) }
}

/// A signal whose only effect is to interrupt the system call in which a thread waits.
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
