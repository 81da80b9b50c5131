// Locks on bytes of a file: who excludes whom, and when a lock ends.
import Posix
import TestSupport
import Testing

@Suite struct ByteLocksTests {
  private let directory = TemporaryDirectory()
  private func open() throws -> ByteLocks { try ByteLocks(path: directory.path + "/lock") }

  @Test func `an exclusive holder keeps all others out, also of the same process, until it is gone`() throws {
    let other = try open()
    do {
      let holder = try open()
      #expect(try holder.take(3, .exclusive))
      #expect(try !other.take(3, .exclusive) && !other.take(3, .shared))
      #expect(try other.take(4, .exclusive), "another byte is another lock")
    }
    #expect(try other.take(3, .exclusive))
  }

  @Test func `shared holders keep an exclusive one out, and the last of them may become it`() throws {
    let (one, two) = (try open(), try open())
    #expect(try one.take(0, .shared) && two.take(0, .shared))
    #expect(try !one.take(0, .exclusive))
    two.release(0)
    #expect(try one.take(0, .exclusive) && !two.take(0, .shared))
    try one.wait(0, .shared)
    #expect(try two.take(0, .shared))
  }

  @Test func `waiting ends when the holder releases the byte`() throws {
    let (holder, waiter) = (try open(), try open())
    #expect(try holder.take(0, .exclusive))
    let thread = Thread(name: "waiter") { try? waiter.wait(0, .exclusive) }
    holder.release(0)
    thread.join()
    #expect(try !holder.take(0, .shared))
  }

  @Test func `what is written can be read by others`() throws {
    let (one, two) = (try open(), try open())
    one.write("push 42\n", at: 10)
    #expect(two.text(at: 10, count: 32) == "push 42\n" && two.text(at: 100, count: 8) == "")
  }
}
