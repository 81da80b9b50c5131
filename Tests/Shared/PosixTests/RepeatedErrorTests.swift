// Errors that come again and again.
import Posix
import Testing

@Suite struct RepeatedErrorTests {
  @Test func `an error is new once, until another one comes or an attempt succeeds`() {
    var repeated = RepeatedError()
    let attempts = [nil, Errno("open", code: 2), Errno("open", code: 2), Errno("open", code: 13), nil, Errno("open", code: 13)]
    #expect(attempts.map { repeated.isNew($0) } == [false, true, false, true, false, true])
    #expect(repeated.isFailing && !repeated.isNew(nil) && !repeated.isFailing)
  }
}
