// Where news goes out: in the order of the journal, each event once.
import Domain
import EventLoop
import Store
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct EventBroadcasterTests {
  private let directory = TemporaryDirectory()

  private func makeDesk(_ mailboxes: [Mailbox<LoopMessage>], openAt position: Int64? = nil) throws -> EventBroadcaster {
    let desk = try EventBroadcaster(mailboxes: mailboxes, doorbellPath: directory.path + "/doorbell.sock")
    if let position { desk.open(at: position) }
    return desk
  }

  private func entries(_ positions: ClosedRange<Int64>) -> [JournalEntry] {
    positions.map { entry($0, .newMessage, room: 1) }
  }

  /// What a loop would read, by position.
  private func told(_ mailbox: Mailbox<LoopMessage>) -> [Int64] {
    mailbox.drain().flatMap { message in if case .news(let batch) = message { batch.items.map(\.position) } else { [Int64]() } }
  }

  @Test func `what follows on what was told is told to every loop at once`() throws {
    let mailboxes = try [Mailbox<LoopMessage>(), Mailbox<LoopMessage>()]
    let desk = try makeDesk(mailboxes, openAt: 10)
    desk.onCommit(entries(11...12))
    desk.onCommit([])
    desk.onCommit(entries(13...13))
    #expect(mailboxes.map(told) == [[11, 12, 13], [11, 12, 13]])
    #expect(desk.position == 13)
  }

  @Test func `where another program's event lies between, the journal is read, and then it goes on`() throws {
    let mailbox = try Mailbox<LoopMessage>()
    let desk = try makeDesk([mailbox], openAt: 10)
    desk.onCommit(entries(12...12))
    #expect(told(mailbox) == [] && desk.position == 10)
    desk.tell(read: entries(11...12))
    desk.onCommit(entries(13...13))
    #expect(told(mailbox) == [11, 12, 13])
  }

  @Test func `what was told while the journal was read is not told again`() throws {
    let mailbox = try Mailbox<LoopMessage>()
    let desk = try makeDesk([mailbox], openAt: 10)
    let read = entries(11...13)
    desk.onCommit(entries(11...12))
    desk.tell(read: read)
    desk.tell(read: read)
    #expect(told(mailbox) == [11, 12, 13])
  }

  @Test func `before the desk is open nothing is told, since nobody knows yet where it begins`() throws {
    let mailbox = try Mailbox<LoopMessage>()
    let desk = try makeDesk([mailbox])
    desk.onCommit(entries(1...1))
    #expect(told(mailbox) == [])
  }

  @Test func `of many threads that tell the same at the same time, each event is heard once and in order`() throws {
    let mailbox = try Mailbox<LoopMessage>()
    let desk = try makeDesk([mailbox], openAt: 0)
    _ = Threads.run(4) { thread in
      for position in Int64(1)...500 {
        if thread == 0 {
          desk.onCommit([entry(position, .newMessage, room: 1)])
        } else {
          desk.tell(read: entries(position...position + 3))
        }
      }
    }
    let heard = told(mailbox)
    #expect(heard == heard.sorted() && Set(heard).count == heard.count)
  }
}
