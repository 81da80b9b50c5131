// What the parts of the daemon share.
import Chat
import Configuration
import Domain
import EventLoop
import Posix

/// What all loops share; everything here may be used from any thread.
struct DaemonServices: Sendable {
  /// Session lookups that may wait for the thread pool; further connections are refused with `busy`.
  static let lookupsMax = 20_000

  let chat: Chat
  let mailboxes: [Mailbox<LoopMessage>]
  let threadPool: BlockingThreadPool
  let metrics: DaemonMetrics
  let origins: OriginPolicy
  let limiter = ConnectionLimiter<UserRowID>()
  /// Of connections that do not come through nginx, which counts by itself.
  let networks = ConnectionLimiter<ClientNetwork>()
  let presence = SharedPresenceTracker()
  let ticks: LoopTicks

  init(chat: Chat, mailboxes: [Mailbox<LoopMessage>], threadPool: BlockingThreadPool, metrics: DaemonMetrics) {
    self.chat = chat
    self.mailboxes = mailboxes
    self.threadPool = threadPool
    self.metrics = metrics
    ticks = LoopTicks(loops: mailboxes.count)
    origins = chat.settings.originPolicy
  }
}
