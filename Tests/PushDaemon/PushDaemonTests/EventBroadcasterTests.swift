// The broadcaster publishes each event once, in the order of the journal.
import Domain
import EventLoop
import TestSupport
import Testing

@testable import PushDaemon

@Suite struct EventBroadcasterTests {
  private let directory = TemporaryDirectory()

  private func makeBroadcaster(_ mailboxes: [Mailbox<EventBatch>], after position: Int64? = nil) throws -> EventBroadcaster {
    let broadcaster = try EventBroadcaster(
      loops: EventBroadcaster.Loops(
        enqueue: { batch in for mailbox in mailboxes { mailbox.enqueue(batch) } }, wake: { for mailbox in mailboxes { mailbox.wake() } }),
      doorbellPath: directory.path + "/doorbell.sock")
    if let position { broadcaster.start(after: position, History()) }
    return broadcaster
  }

  private func entries(_ positions: ClosedRange<Int64>) -> [JournalEntry] {
    positions.map { entry($0, .newMessage, room: 1) }
  }

  /// The positions that a loop would read.
  private func published(_ mailbox: Mailbox<EventBatch>) -> [Int64] {
    mailbox.drain().flatMap { $0.events.map(\.position) }
  }

  @Test func `events that directly follow what was published go to every loop at once`() throws {
    let mailboxes = try [Mailbox<EventBatch>(), Mailbox<EventBatch>()]
    let broadcaster = try makeBroadcaster(mailboxes, after: 10)
    broadcaster.onCommit(entries(11...12))
    broadcaster.onCommit([])
    broadcaster.onCommit(entries(13...13))
    #expect(mailboxes.map(published) == [[11, 12, 13], [11, 12, 13]])
    #expect(broadcaster.publishedThrough == 13)
  }

  @Test func `where another process's event lies between, the journal is read first`() throws {
    let mailbox = try Mailbox<EventBatch>()
    let broadcaster = try makeBroadcaster([mailbox], after: 10)
    broadcaster.onCommit(entries(12...12))
    #expect(published(mailbox) == [] && broadcaster.publishedThrough == 10)
    broadcaster.publishFromJournal(entries(11...12))
    broadcaster.onCommit(entries(13...13))
    #expect(published(mailbox) == [11, 12, 13])
  }

  @Test func `events published while the journal was read are not published again`() throws {
    let mailbox = try Mailbox<EventBatch>()
    let broadcaster = try makeBroadcaster([mailbox], after: 10)
    let read = entries(11...13)
    broadcaster.onCommit(entries(11...12))
    broadcaster.publishFromJournal(read)
    broadcaster.publishFromJournal(read)
    #expect(published(mailbox) == [11, 12, 13])
  }

  @Test func `nothing is published before the start position is known`() throws {
    let mailbox = try Mailbox<EventBatch>()
    let broadcaster = try makeBroadcaster([mailbox])
    broadcaster.onCommit(entries(1...1))
    #expect(published(mailbox) == [])
  }

  @Test func `when many threads publish the same events at the same time, each is published once and in order`() throws {
    let mailbox = try Mailbox<EventBatch>()
    let broadcaster = try makeBroadcaster([mailbox], after: 0)
    _ = Threads.run(4) { thread in
      for position in Int64(1)...500 {
        if thread == 0 {
          broadcaster.onCommit([entry(position, .newMessage, room: 1)])
        } else {
          broadcaster.publishFromJournal(entries(position...position + 3))
        }
      }
    }
    let positions = published(mailbox)
    #expect(positions == positions.sorted() && Set(positions).count == positions.count)
  }
}
