// How often passwords may be tried: a value without clock or threads.

/// Slows down who guesses, and locks nobody out. A *known* network is one that the account has been signed in from before.
///
/// - From a known network, an account has a few tries and then one every six seconds, whatever others do.
/// - All other networks share the account's few tries. Each wrong one makes the account *hotter*, and it cools by one in half a minute. Once
///   it is hot, a network is told to wait, the longer the hotter, at most ten minutes; anyone who has waited has a try, however many others
///   try meanwhile. So an owner on a new network waits the time they were told, once for each wrong password of theirs.
/// - A network that guesses passwords of many accounts heats up itself, and waits in the same way, except for accounts that know it.
///
/// Accounts are called by what was entered, so those that do not exist are treated as those that do. What is stored is bounded: each hot
/// account or network costs a password hash, of which the machine computes a few dozen a second, and is forgotten when it is cold.
public struct SignInThrottle: Sendable {
  /// Tries before an account has to wait: from all networks that are not known, and from each known one.
  public static let freeTries = 5
  public static let knownFreeTries = 10
  /// Wrong tries of one network for any accounts before it has to wait.
  public static let networkFreeTries = 20
  static let coolingMilliseconds: Int64 = 30_000
  static let knownCoolingMilliseconds: Int64 = 6000
  static let networkCoolingMilliseconds: Int64 = 10_000
  /// The wait of an account grows by this with each try that is too many, up to the most.
  static let waitStepMilliseconds: Int64 = 5000
  public static let waitMaxMilliseconds: Int64 = 600_000
  /// How long somebody who has waited may take to come back.
  static let gracePeriodMilliseconds: Int64 = 600_000
  /// Accounts and networks that are hot, and those that wait; 100 bytes each. Beyond it, new accounts are not slowed down, and who waits is
  /// not remembered: anyone who comes first then has the try.
  static let entriesMax = 100_000

  /// One who tries: an account, and the network.
  public struct Try: Hashable, Sendable {
    public let account: Int64
    /// Nil if it is not known where the request came from.
    public let network: String?

    public init(account: Int64, network: String?) {
      self.account = account
      self.network = network
    }
  }

  private enum Key: Hashable {
    case account(Int64)
    case network(String)
    case known(Try)
  }

  /// How hot an account or network is: it had `level` at `time`.
  private struct Heat {
    var level: Int64
    var time: Int64
  }

  private var heats: [Key: Heat] = [:]
  /// When those who were told to wait may try.
  private var waits: [Try: Int64] = [:]
  private var sweepAt = Int64.min

  public init() {}

  /// What becomes of a try.
  public enum Verdict: Equatable, Sendable {
    case admitted(Admission)
    /// In milliseconds.
    case wait(Int64)
    /// It depends on whether the account knows the network: ask again with the answer.
    case unclear
  }

  /// A try that is under way, and counts as a wrong one until `succeed`.
  public struct Admission: Equatable, Sendable {
    let attempt: Try
    let countsAsKnown: Bool
  }

  /// Decides on a try at `now`, in milliseconds of a clock that never goes back. `isKnown`: nil as long as nobody has looked.
  public mutating func begin(_ attempt: Try, isKnown: Bool?, now: Int64) -> Verdict {
    sweep(now)
    let wait = max(accountWait(attempt, now), networkWait(attempt, now))
    if wait == 0 { return admit(attempt, now) }
    guard let isKnown else { return .unclear }
    if isKnown { return beginKnown(attempt, now) }
    if let admitAt = waits[attempt], admitAt + Self.gracePeriodMilliseconds > now {
      guard admitAt <= now else { return .wait(admitAt - now) }
      waits[attempt] = nil
      return admit(attempt, now)
    }
    if waits.count < Self.entriesMax { waits[attempt] = now + wait }
    return .wait(wait)
  }

  private mutating func beginKnown(_ attempt: Try, _ now: Int64) -> Verdict {
    let key = Key.known(attempt)
    if let heat = heats[key], level(key, Self.knownCoolingMilliseconds, now) >= Self.knownFreeTries {
      return .wait(heat.time + Self.knownCoolingMilliseconds - now)
    }
    add(1, to: key, Self.knownCoolingMilliseconds, now)
    return .admitted(Admission(attempt: attempt, countsAsKnown: true))
  }

  private mutating func admit(_ attempt: Try, _ now: Int64) -> Verdict {
    add(1, to: .account(attempt.account), Self.coolingMilliseconds, max: Self.levelMax(Self.freeTries), now)
    if let network = attempt.network {
      add(1, to: .network(network), Self.networkCoolingMilliseconds, max: Self.levelMax(Self.networkFreeTries), now)
    }
    return .admitted(Admission(attempt: attempt, countsAsKnown: false))
  }

  /// The password was right: the try does not count.
  public mutating func succeed(_ admission: Admission, now: Int64) {
    let attempt = admission.attempt
    if admission.countsAsKnown { return add(-1, to: .known(attempt), Self.knownCoolingMilliseconds, now) }
    add(-1, to: .account(attempt.account), Self.coolingMilliseconds, now)
    if let network = attempt.network { add(-1, to: .network(network), Self.networkCoolingMilliseconds, now) }
  }

  /// Entries in memory.
  public var count: Int { heats.count + waits.count }

  private func accountWait(_ attempt: Try, _ now: Int64) -> Int64 {
    Self.wait(level(.account(attempt.account), Self.coolingMilliseconds, now), free: Self.freeTries)
  }

  private func networkWait(_ attempt: Try, _ now: Int64) -> Int64 {
    guard let network = attempt.network else { return 0 }
    return Self.wait(level(.network(network), Self.networkCoolingMilliseconds, now), free: Self.networkFreeTries)
  }

  private static func wait(_ level: Int64, free: Int) -> Int64 {
    level < free ? 0 : min(waitMaxMilliseconds, (level - Int64(free) + 1) * waitStepMilliseconds)
  }

  /// Hotter than this makes no difference, and would take longer to cool.
  private static func levelMax(_ free: Int) -> Int64 { Int64(free) + waitMaxMilliseconds / waitStepMilliseconds - 1 }

  private func level(_ key: Key, _ cooling: Int64, _ now: Int64) -> Int64 {
    guard let heat = heats[key] else { return 0 }
    return max(0, heat.level - (now - heat.time) / cooling)
  }

  private mutating func add(_ change: Int64, to key: Key, _ cooling: Int64, max limit: Int64 = .max, _ now: Int64) {
    guard let heat = heats[key] ?? (change > 0 && heats.count < Self.entriesMax ? Heat(level: 0, time: now) : nil) else { return }
    let cooled = (now - heat.time) / cooling
    let level = min(limit, max(0, heat.level - cooled) + change)
    // What is left of the last step of cooling counts.
    let time = heat.level > cooled ? heat.time + cooled * cooling : now
    heats[key] = level > 0 ? Heat(level: level, time: time) : nil
  }

  private mutating func sweep(_ now: Int64) {
    guard now >= sweepAt else { return }
    sweepAt = now + Self.coolingMilliseconds
    // Rebuilt, because removing leaves a dictionary as large as it was.
    heats = heats.filter { key, heat in
      let cooling =
        switch key {
        case .account: Self.coolingMilliseconds
        case .network: Self.networkCoolingMilliseconds
        case .known: Self.knownCoolingMilliseconds
        }
      return heat.level > (now - heat.time) / cooling
    }
    waits = waits.filter { $0.value + Self.gracePeriodMilliseconds > now }
  }
}
