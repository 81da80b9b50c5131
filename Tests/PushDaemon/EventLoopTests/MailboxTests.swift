// Messages from other threads.
import EventLoop
import Glibc
import Posix
import TestSupport
import Testing

@Suite struct MailboxTests {
  private static func isReady(_ descriptor: Int32, milliseconds: Int32 = 0) -> Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&ready, 1, milliseconds) == 1
  }

  @Test func `the first message wakes the loop, all are drained together in order, and then none is left`() throws {
    let mailbox = try Mailbox<Int>()
    #expect(!Self.isReady(mailbox.descriptor))
    for number in 0..<5 { mailbox.send(number) }
    #expect(Self.isReady(mailbox.descriptor))
    #expect(mailbox.drain() == [0, 1, 2, 3, 4])
    #expect(!Self.isReady(mailbox.descriptor))
    #expect(mailbox.drain() == [])
    mailbox.send(5)
    #expect(Self.isReady(mailbox.descriptor) && mailbox.drain() == [5])
  }

  @Test func `an enqueued message waits for a wake-up, which comes once and only if there is a message`() throws {
    let mailbox = try Mailbox<Int>()
    mailbox.wake()
    #expect(!Self.isReady(mailbox.descriptor))
    mailbox.enqueue(1)
    #expect(!Self.isReady(mailbox.descriptor))
    mailbox.enqueue(2)
    mailbox.wake()
    mailbox.wake()
    #expect(Self.isReady(mailbox.descriptor) && mailbox.drain() == [1, 2])
    #expect(!Self.isReady(mailbox.descriptor))
    // A message that is sent takes along what was enqueued.
    mailbox.enqueue(3)
    mailbox.send(4)
    #expect(Self.isReady(mailbox.descriptor) && mailbox.drain() == [3, 4])
  }

  @Test func `of eight threads' messages none is lost, none comes twice, and each thread's come in its order`() throws {
    let mailbox = try Mailbox<Int>()
    let taken = Condition<[Int]>([])
    let reader = Thread(name: "reader") {
      var all: [Int] = []
      while all.count < 8 * 5000 {
        // A reader that waits for the wake-up alone never waits in vain.
        guard Self.isReady(mailbox.descriptor, milliseconds: 10_000) else { break }
        all += mailbox.drain()
      }
      let result = all
      taken.update { $0 = result }
    }
    _ = Threads.run(8) { thread in
      for number in 0..<5000 {
        if number % 3 == 0 { mailbox.send(thread * 5000 + number) } else { mailbox.enqueue(thread * 5000 + number) }
        if number % 3 == 2 || number == 4999 { mailbox.wake() }
      }
    }
    reader.join()
    let all = taken.update { $0 }
    #expect(all.sorted() == Array(0..<8 * 5000))
    for thread in 0..<8 {
      let own = all.filter { $0 / 5000 == thread }
      #expect(own == own.sorted())
    }
  }
}
