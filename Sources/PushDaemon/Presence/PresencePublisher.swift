// Tells who is here: four times a second, from the register to the loops, and once a second into the database.
import Chat
import Domain
import EventLoop
import Posix
import Wire

/// A thread that may wait for the database, so that the loops need not: it asks who shares a room with whom. What it tells is fleeting: a
/// loop drops it for a line that is behind.
final class PresencePublisher: Sendable {
  private let thread: BackgroundThread

  /// Takes over from the daemon before, so that its end tells nobody anything.
  init(chat: Chat, register: SharedPresenceTracker, mailboxes: [Mailbox<LoopMessage>]) throws {
    register.restore(try chat.takeOverPresence())
    thread = BackgroundThread(name: "presence") { stop in
      var round = PresenceTick(chat: chat, register: register, loops: mailboxes.count)
      while !stop.wait(milliseconds: SharedPresenceTracker.tickMilliseconds) {
        let news = round.gather()
        if let news { for mailbox in mailboxes { mailbox.send(.presence(news)) } }
        round.writeDown()
        round.rest(isQuiet: news == nil)
      }
      round.writeDown(isLast: true)
    }
  }

  /// Call before the lines are closed: those who come back within the grace were never away.
  func stop() {
    thread.stop()
  }
}

/// The presencePublisher's own memory, and what is done every tick.
struct PresenceTick {
  typealias Change = PresenceTracker.Change
  typealias NewSubscriber = PresenceTracker.NewSubscriber

  /// In rooms of at most so many, a newcomer is told who is here in one frame for all these rooms; of each larger room, in a frame that all
  /// its newcomers share.
  static let smallCircleMax: Int64 = 16
  /// People named in a newcomer's own frame.
  static let rosterPeopleMax = 1000
  /// Users written down in one transaction: it holds the writer up for some 2 ms. If there are more, they have their turn a tick later.
  static let writtenMax = 500
  /// The lease of those who are here is renewed this long after it was last written.
  static let renewalTicks = PresenceTracker.Tick(Chat.presenceLeaseSeconds) * PresenceTracker.ticksPerSecond / 3

  private let chat: Chat
  private let register: SharedPresenceTracker
  private let loops: Int
  private var counts = OnlineCounts()
  /// Changes that are not told yet, because the database could not be asked.
  private var untold: [UserRowID: Change] = [:]
  /// Changes that are not written down yet.
  private var unwritten: [UserRowID: PresenceRecord] = [:]
  /// Due at once: the lease of the daemon before may be about to run out.
  private var writtenAt = -Self.renewalTicks
  private var quietTicks = 0

  init(chat: Chat, register: SharedPresenceTracker, loops: Int) {
    self.chat = chat
    self.register = register
    self.loops = loops
  }

  // MARK: To the loops

  /// What the loops are to tell; nil if there is nothing.
  mutating func gather() -> PresenceUpdate? {
    let tick = register.tick
    let (changes, newcomers) = register.take(at: tick)
    for change in changes {
      untold[change.user] = change
      // Reckoned once: a tick has no exact time, and what is written must be what is told.
      unwritten[change.user] = PresenceRecord(user: change.user, state: change.state, seenAt: register.time(change.seen))
    }
    guard !untold.isEmpty || !newcomers.isEmpty || !counts.due(at: tick).isEmpty else { return nil }
    do {
      let people = try chat.acquaintances(Set(untold.keys).union(newcomers.map(\.user)))
      var sentences = PresenceEncoder(chat: chat, register: register, people: people, sightings: unwritten)
      var rosters = Rosters(loops: loops)
      var notices = try tellChanges(people, &sentences, at: tick)
      try tellNewcomers(newcomers, people, &sentences, &rosters, at: tick)
      notices += try tellCounts(&rosters, at: tick)
      untold = [:]
      let news = PresenceUpdate(notices: notices, rosters: rosters.byLoop)
      return news.isEmpty ? nil : news
    } catch {
      Log.error("telling who is here: \(error)")
      return nil
    }
  }

  private mutating func tellChanges(
    _ people: [UserRowID: Chat.PresenceAudience], _ sentences: inout PresenceEncoder, at tick: PresenceTracker.Tick
  ) throws -> [PresenceUpdate.PresenceDiff] {
    var told: [(sentence: [UInt8], estranged: Set<UserRowID>)] = []
    var notices = DiffGrouping()
    for (user, change) in untold {
      guard let person = people[user] else { continue }
      let isNamed = person.circles.contains { $0.memberCount <= OnlineCounts.namedMembersMax }
      for circle in person.circles {
        if circle.memberCount > OnlineCounts.namedMembersMax {
          counts.note(circle, at: tick)
        } else {
          notices.add(told.count, in: circle.room)
        }
      }
      guard isNamed, let sentence = try sentences.of(change) else { continue }
      // Of those who are not here, nobody can hear of her.
      let strangers = person.estranged.isEmpty ? [] : register.present(of: Array(person.estranged))
      told.append((sentence, Set(strangers.map(\.user))))
    }
    return notices.all.map { PresenceUpdate.PresenceDiff($0.changes.map { told[$0] }, rooms: $0.rooms, within: $0.within) }
  }

  // MARK: To newcomers

  /// Leaves out whom everyone, newcomers included, is told of in this tick.
  private mutating func tellNewcomers(
    _ newcomers: [NewSubscriber], _ people: [UserRowID: Chat.PresenceAudience], _ sentences: inout PresenceEncoder,
    _ rosters: inout Rosters,
    at tick: PresenceTracker.Tick
  ) throws {
    // What is asked of a room is asked once for all its newcomers.
    var members: [RoomRowID: [Change]] = [:]
    var shared: [RoomRowID: [NewSubscriber]] = [:]
    for newcomer in newcomers {
      guard let person = people[newcomer.user] else { continue }
      var near: [UserRowID: Change] = [:]
      for circle in person.circles where newcomer.only == nil || newcomer.only == circle.room {
        switch circle.memberCount {
        case ...Self.smallCircleMax:
          let present = try members[circle.room] ?? register.present(of: chat.members(ofRoom: circle.room))
          members[circle.room] = present
          if near.count < Self.rosterPeopleMax { for other in present { near[other.user] = other } }
        case ...OnlineCounts.namedMembersMax:
          shared[circle.room, default: []].append(newcomer)
        default:
          counts.note(circle, waiting: newcomer, at: tick)
        }
      }
      for stranger in person.estranged { near[stranger] = nil }
      rosters.add(try sentences.roster(near.values.filter { untold[$0.user] == nil }), for: [newcomer])
    }
    for (room, newcomers) in shared {
      let present = register.present(of: try chat.members(ofRoom: room)).filter { untold[$0.user] == nil }
      let here = Set(newcomers.allSatisfy { people[$0.user]?.estranged.isEmpty ?? true } ? [] : present.map(\.user))
      func isApart(_ newcomer: NewSubscriber) -> Bool { !(people[newcomer.user]?.estranged.isDisjoint(with: here) ?? true) }
      rosters.add(try sentences.roster(present), for: newcomers.filter { !isApart($0) })
      for newcomer in newcomers where isApart(newcomer) {
        let estranged = people[newcomer.user]?.estranged ?? []
        rosters.add(try sentences.roster(present.filter { !estranged.contains($0.user) }), for: [newcomer])
      }
    }
  }

  private mutating func tellCounts(_ rosters: inout Rosters, at tick: PresenceTracker.Tick) throws -> [PresenceUpdate.PresenceDiff] {
    var notices: [PresenceUpdate.PresenceDiff] = []
    for room in counts.due(at: tick) {
      let count = register.count(of: try chat.members(ofRoom: room))
      let json = ServerFrame.presence(inRoom: try chat.publicID(ofRoom: room), online: count)
      switch counts.counted(room, count, at: tick) {
      case .everyone: notices.append(PresenceUpdate.PresenceDiff(frame: PresenceUpdate.frame(json), rooms: [room], frames: [:]))
      case .newcomers(let newcomers): rosters.add(json, for: newcomers)
      }
    }
    return notices
  }

  // MARK: Into the database

  /// Once a second, if something has changed, at once if there is more than goes into one transaction, and now and then, so that the lease
  /// stands as long as anybody is here.
  mutating func writeDown(isLast: Bool = false) {
    let tick = register.tick
    let age = tick - writtenAt
    let isBehind = unwritten.count > Self.writtenMax
    let isDue = !unwritten.isEmpty && age >= PresenceTracker.ticksPerSecond
    guard isLast || isBehind || isDue || (age >= Self.renewalTicks && !register.isEmpty) else { return }
    let sightings = Array(unwritten.values.prefix(isLast ? .max : Self.writtenMax))
    writtenAt = tick
    do {
      try chat.writePresence(sightings)
      for sighting in sightings where unwritten[sighting.user] == sighting { unwritten[sighting.user] = nil }
      // Removing leaves a dictionary as large as it was.
      if unwritten.isEmpty { unwritten = [:] }
    } catch {
      // Tried again in a second.
      Log.error("writing down who is here: \(error)")
    }
  }
}

extension PresenceTick {
  /// So long after the last one came or went, the daemon lets go of what many comings and goings leave behind: pages that the readers
  /// keep, and free memory between what is in use.
  static let restingTicks = 4

  mutating func rest(isQuiet: Bool) {
    quietTicks = isQuiet && unwritten.isEmpty ? quietTicks + 1 : 0
    guard quietTicks == Self.restingTicks else { return }
    chat.releaseMemory()
    Memory.trim()
  }
}

/// What is said of each user in one tick, composed once.
private struct PresenceEncoder {
  let chat: Chat
  let register: SharedPresenceTracker
  let people: [UserRowID: Chat.PresenceAudience]
  /// When those were seen whose changes are told.
  let sightings: [UserRowID: PresenceRecord]
  private var composed: [UserRowID: [UInt8]] = [:]

  init(chat: Chat, register: SharedPresenceTracker, people: [UserRowID: Chat.PresenceAudience], sightings: [UserRowID: PresenceRecord]) {
    self.chat = chat
    self.register = register
    self.people = people
    self.sightings = sightings
  }

  /// Nil of somebody whose account is gone.
  mutating func of(_ change: PresenceTracker.Change) throws -> [UInt8]? {
    if let sentence = composed[change.user] { return sentence }
    guard let id = try people[change.user]?.id ?? chat.publicID(ofUser: change.user) else { return nil }
    // Somebody active is seen at this moment.
    let seen = change.state == .active ? register.time(register.tick) : sightings[change.user]?.seenAt ?? register.time(change.seen)
    let sentence = ServerFrame.presenceChange(id, Presence(state: change.state, lastSeenAt: seen))
    composed[change.user] = sentence
    return sentence
  }

  /// Nil if nobody is here.
  mutating func roster(_ present: some Collection<PresenceTracker.Change>) throws -> [UInt8]? {
    guard !present.isEmpty else { return nil }
    return ServerFrame.presence(try present.compactMap { try of($0) })
  }
}

/// Frames for newcomers, by the loop on which they are.
private struct Rosters {
  private(set) var byLoop: [[PresenceUpdate.PresenceSnapshot]]

  init(loops: Int) {
    byLoop = Array(repeating: [], count: loops)
  }

  mutating func add(_ json: [UInt8]?, for newcomers: [PresenceTracker.NewSubscriber]) {
    guard let json, !newcomers.isEmpty else { return }
    let roster = PresenceUpdate.PresenceSnapshot(frame: PresenceUpdate.frame(json), lines: [])
    let first = byLoop.map(\.count)
    for newcomer in newcomers where byLoop.indices.contains(newcomer.loop) {
      if byLoop[newcomer.loop].count == first[newcomer.loop] { byLoop[newcomer.loop].append(roster) }
      byLoop[newcomer.loop][first[newcomer.loop]].lines.append(newcomer.token)
    }
  }
}
