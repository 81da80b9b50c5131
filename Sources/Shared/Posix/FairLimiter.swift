// A semaphore that shares its permits and its wait queue among those who ask.

/// Who asks for a permit.
public struct PermitRequest: Sendable {
  /// Whether it goes before those that are not, for which one permit and half the wait queue are closed.
  public let isPreferred: Bool
  /// Those whose share it takes, such as an account and an address; none: it takes nobody's.
  public let parties: [String]

  public init(isPreferred: Bool, parties: [String]) {
    self.isPreferred = isPreferred
    self.parties = parties
  }
}

/// Why there is no permit.
public enum PermitError: Error, Equatable {
  /// The wait queue is full.
  case full
  /// A party of the request runs and waits with as many as it may.
  case shareExceeded
}

/// Bounds who may work and who may wait, and lets nobody shut out others: see `PermitQueue` for the order.
public final class FairLimiter: Sendable {
  private let queue: Condition<PermitQueue>

  /// `permits`: how many callers may run at once, 1 or more. `waitersMax`: how many may wait, 0 or more. `shareMax`: of one party, how many
  /// may run and wait, 1 or more.
  public init(permits: Int, waitersMax: Int, shareMax: Int) {
    queue = Condition(PermitQueue(permits: permits, waitersMax: waitersMax, shareMax: shareMax))
  }

  /// Waits for a permit, runs `body` and returns the permit. Fails at once, without running `body`, if there is no place to wait.
  public func withPermit<Result>(_ request: PermitRequest, _ body: () -> Result) -> Swift.Result<Result, PermitError> {
    let ticket: Int
    switch queue.update({ $0.enter(request) }) {
    case .success(let entered): ticket = entered
    case .failure(let error): return .failure(error)
    }
    _ = queue.wait { $0.start(ticket) ? true : nil }
    defer { queue.update { $0.leave(request) } }
    return .success(body())
  }

  /// How many callers run and wait at this moment.
  public var load: (running: Int, waiting: Int) { queue.update { ($0.running, $0.waiting) } }
}

/// The order of a `FairLimiter`, without threads.
///
/// A permit that is free goes to the request whose parties hold the fewest permits, among those to a preferred one, then to the one whose
/// parties were served least recently, then to the one that has waited longest. If there are two permits or more, one is closed to requests
/// that are not preferred, and one to any party that holds all others.
public struct PermitQueue: Sendable {
  private struct Party {
    var running = 0
    var waiting = 0
    /// The number of its last start.
    var served = 0
  }

  private struct Waiter {
    let ticket: Int
    let request: PermitRequest
  }

  private let permits: Int
  private let waitersMax: Int
  private let shareMax: Int
  private var parties: [String: Party] = [:]
  private var waiters: [Waiter] = []
  private var started: Set<Int> = []
  private var tickets = 0
  private var starts = 0
  public private(set) var running = 0
  private var runningUnpreferred = 0

  public init(permits: Int, waitersMax: Int, shareMax: Int) {
    precondition(permits >= 1 && waitersMax >= 0 && shareMax >= 1, "a limiter has at least one permit")
    self.permits = permits
    self.waitersMax = waitersMax
    self.shareMax = shareMax
  }

  public var waiting: Int { waiters.count }

  /// Lets a request wait, or start at once. Returns its ticket.
  public mutating func enter(_ request: PermitRequest) -> Result<Int, PermitError> {
    guard request.parties.allSatisfy({ parties[$0].map { $0.running + $0.waiting < shareMax } ?? true }) else {
      return .failure(.shareExceeded)
    }
    let canStart = running < permits && isEligible(request) && waiters.isEmpty
    let places = request.isPreferred ? waitersMax : waitersMax / 2
    guard canStart || waiters.count < places else { return .failure(.full) }
    tickets += 1
    waiters.append(Waiter(ticket: tickets, request: request))
    for party in request.parties { parties[party, default: Party()].waiting += 1 }
    startNext()
    return .success(tickets)
  }

  /// Whether the request with this ticket has been given a permit; true once.
  public mutating func start(_ ticket: Int) -> Bool { started.remove(ticket) != nil }

  /// A request that was started is done.
  public mutating func leave(_ request: PermitRequest) {
    running -= 1
    if !request.isPreferred { runningUnpreferred -= 1 }
    for name in request.parties {
      guard var party = parties[name] else { continue }
      party.running -= 1
      parties[name] = party.running + party.waiting > 0 ? party : nil
    }
    startNext()
  }

  /// Whether a request may take a free permit.
  private func isEligible(_ request: PermitRequest) -> Bool {
    let shared = max(1, permits - 1)
    return (request.isPreferred || runningUnpreferred < shared) && held(by: request) < shared
  }

  /// The most permits that one of its parties holds.
  private func held(by request: PermitRequest) -> Int { request.parties.reduce(0) { max($0, parties[$1]?.running ?? 0) } }

  private mutating func startNext() {
    while running < permits, let index = next() {
      let waiter = waiters.remove(at: index)
      started.insert(waiter.ticket)
      running += 1
      starts += 1
      if !waiter.request.isPreferred { runningUnpreferred += 1 }
      for name in waiter.request.parties {
        var party = parties[name] ?? Party()
        party.running += 1
        party.waiting -= 1
        party.served = starts
        parties[name] = party
      }
    }
  }

  private func next() -> Int? {
    waiters.indices.filter { isEligible(waiters[$0].request) }.min { rank(waiters[$0]) < rank(waiters[$1]) }
  }

  private func rank(_ waiter: Waiter) -> (Int, Int, Int, Int) {
    let served = waiter.request.parties.reduce(0) { max($0, parties[$1]?.served ?? 0) }
    return (held(by: waiter.request), waiter.request.isPreferred ? 0 : 1, served, waiter.ticket)
  }
}
