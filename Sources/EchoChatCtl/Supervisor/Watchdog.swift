// Asks a program every few seconds whether it is alive, and tells when it has not answered for too long.
import Glibc
import Posix

/// A program that is hung has not exited, so nothing else would replace it. It is watched from its first answer on: a start may take long.
/// Belongs to the supervisor's thread, and blocks it for a moment at most.
final class Watchdog {
  /// How a program is asked.
  struct Question {
    let request: [UInt8]
    let address: SocketAddress
    /// Whether the probe was answered; nil if nothing has arrived yet.
    let isAnswered: @Sendable (borrowing HealthProbe) -> Bool?

    /// A GET of `path` over HTTP. Only a success is an answer: with another status one part of the program tells that another one
    /// hangs.
    static func http(_ path: String, at address: SocketAddress) -> Question {
      Question(request: Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8), address: address) { probe in
        probe.status(withinMilliseconds: 0).map { 200..<300 ~= $0 }
      }
    }

    /// A GET of `path` as nginx would send it to a FastCGI worker.
    static func fastCGI(_ path: String, at address: SocketAddress) -> Question {
      Question(request: FastCGIProbe.request(path), address: address) { probe in probe.hasAnswered(withinMilliseconds: 0) }
    }
  }

  /// Unanswered questions in a row after which a program is hung: one may be lost to a suspended machine.
  private static let questionsMax: Int64 = 3
  /// Between two looks for an answer.
  private static let lookMilliseconds: Int64 = 250

  private let question: Question
  /// Between two questions, and how long each may stay unanswered.
  private let intervalMilliseconds: Int64
  private var pending: Pending?
  private var askAt: Int64 = 0
  private var hasAnswered = false
  private var unanswered: Int64 = 0

  /// A question under way.
  private final class Pending {
    let probe: HealthProbe
    let until: Int64

    init(_ question: Question, until: Int64) throws(Errno) {
      probe = try HealthProbe(sending: question.request, to: question.address, timeoutMilliseconds: 100)
      self.until = until
    }
  }

  /// A program is hung once it has not answered for `seconds`, or a little longer.
  init(_ question: Question, seconds: Int64) {
    self.question = question
    intervalMilliseconds = seconds * 1000 / Self.questionsMax
  }

  /// When `step` is to be called again, on the boot clock.
  private(set) var due: Int64 = 0

  /// Forgets everything: another process runs now.
  func restart(at now: Int64) {
    pending = nil
    hasAnswered = false
    unanswered = 0
    askAt = now + intervalMilliseconds
    due = askAt
  }

  /// Asks or looks for the answer, and returns whether the program is hung. `isStopped`: a signal has stopped the process, so that it does
  /// nothing even if others that it has started answer for it.
  func step(at now: Int64, isStopped: Bool) -> Bool {
    if let asked = pending {
      if !isStopped, question.isAnswered(asked.probe) == true {
        pending = nil
        hasAnswered = true
        unanswered = 0
      } else if now >= asked.until {
        pending = nil
        unanswered += 1
      }
    } else if now >= askAt {
      askAt = now + intervalMilliseconds
      do throws(Errno) {
        pending = try Pending(question, until: askAt)
      } catch {
        // Its queue of connections is full. After other errors its socket is gone: another process would not be reached either.
        if error.code == EAGAIN { unanswered += 1 }
      }
    }
    due = pending.map { min($0.until, now + Self.lookMilliseconds) } ?? askAt
    return hasAnswered && unanswered >= Self.questionsMax
  }
}
