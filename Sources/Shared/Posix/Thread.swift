// A thread of the operating system.
import CLinux
import Glibc

/// Starts a named thread that runs `body` once. One that nobody has joined is detached with its object, so that the system takes back what
/// a thread leaves behind. Start threads from a plain function or class, never from top-level code, whose closures belong to the main actor
/// and trap elsewhere.
public final class Thread: Sendable {
  private let handle: pthread_t
  private let isJoined = Lock(false)

  public init(name: String, stackBytes: Int = 1 << 20, _ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(
      Body {
        echochat_name_thread(name)
        body()
      }
    ).toOpaque()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stackBytes)
    var handle = pthread_t()
    let answer = pthread_create(
      &handle, &attributes,
      { raw in
        guard let raw else { return nil }
        Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run()
        return nil
      }, box)
    pthread_attr_destroy(&attributes)
    precondition(answer == 0, "pthread_create: \(answer)")
    self.handle = handle
  }

  deinit {
    if !isJoined.withLock({ $0 }) { pthread_detach(handle) }
  }

  /// Waits until the thread has returned. Any thread may call it, and again; on the thread itself it returns at once.
  public func join() {
    guard pthread_equal(pthread_self(), handle) == 0 else { return }
    isJoined.withLock { isJoined in
      if !isJoined { pthread_join(handle, nil) }
      isJoined = true
    }
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
