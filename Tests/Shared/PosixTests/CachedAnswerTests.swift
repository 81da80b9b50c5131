// An answer that is kept: one caller at a time finds out, nobody else waits.
import Posix
import TestSupport
import Testing

@Suite struct CachedAnswerTests {
  /// A question that waits until it is answered.
  private final class Question: Sendable {
    private let state = Condition((asked: 0, answers: [Bool]()))

    func ask() -> Bool {
      state.update { $0.asked += 1 }
      return state.wait { $0.answers.isEmpty ? nil : $0.answers.removeFirst() } ?? false
    }

    func answer(_ answer: Bool) { state.update { $0.answers.append(answer) } }
    func waitAsked(_ times: Int) { _ = state.wait { $0.asked >= times ? true : nil } }
    var asked: Int { state.update { $0.asked } }
  }

  private static func cached(_ question: Question, _ clock: ManualClock) -> CachedAnswer {
    CachedAnswer(clock: { clock.bootMilliseconds }) { question.ask() }
  }

  @Test func `an answer is kept for a quarter of a second`() {
    let (question, clock) = (Question(), ManualClock())
    let answer = Self.cached(question, clock)
    question.answer(true)
    #expect(answer.current())
    clock.advance(milliseconds: 249)
    #expect(answer.current() && question.asked == 1)
    clock.advance(milliseconds: 1)
    question.answer(false)
    #expect(!answer.current() && question.asked == 2)
    #expect(!answer.current() && question.asked == 2)
  }

  @Test func `while one caller waits the others have the latest answer, and no when it takes too long`() {
    let (question, clock) = (Question(), ManualClock())
    let answer = Self.cached(question, clock)
    question.answer(true)
    #expect(answer.current())
    clock.advance(milliseconds: 250)
    let waiting = Thread(name: "asker") { _ = answer.current() }
    question.waitAsked(2)
    for _ in 0..<250 { #expect(answer.current()) }
    clock.advance(milliseconds: 251)
    for _ in 0..<250 { #expect(!answer.current()) }
    question.answer(false)
    waiting.join()
    #expect(!answer.current() && question.asked == 2, "one caller at a time")
  }

  @Test func `nobody knows before the first answer`() {
    let (question, clock) = (Question(), ManualClock())
    let answer = Self.cached(question, clock)
    let waiting = Thread(name: "asker") { _ = answer.current() }
    question.waitAsked(1)
    #expect(!answer.current())
    question.answer(true)
    waiting.join()
    #expect(answer.current() && question.asked == 1)
  }
}
