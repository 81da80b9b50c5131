// A thread of the operating system.
import CLinux
import Glibc

/// Starts a named thread that runs `body` once. Start threads from a plain function or class, never from top-level code,
/// whose closures belong to the main actor and trap elsewhere.
public final class Thread: Sendable {
  private let handle: pthread_t

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

  /// Waits until the thread has returned; call once.
  public func join() {
    pthread_join(handle, nil)
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
