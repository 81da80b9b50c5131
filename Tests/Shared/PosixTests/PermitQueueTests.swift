// The order of a fair limiter: shares, the place kept for preferred requests, and turns.
import Posix
import TestSupport
import Testing

@Suite struct PermitQueueTests {
  private static func preferred(_ parties: String...) -> PermitRequest { PermitRequest(isPreferred: true, parties: parties) }
  private static func other(_ parties: String...) -> PermitRequest { PermitRequest(isPreferred: false, parties: parties) }

  @Test func `a party has its share of running and waiting places, and others theirs`() throws {
    var queue = PermitQueue(permits: 2, waitersMax: 32, shareMax: 8)
    let results = (0..<48).map { _ in queue.enter(Self.other("account a", "client 1")) }
    #expect(results.count { (try? $0.get()) != nil } == 8)
    #expect(results.last == .failure(.shareExceeded))
    #expect(queue.running == 1 && queue.waiting == 7, "one permit is kept")
    // The same account from elsewhere, and another account from the same address.
    let refused1 = queue.enter(Self.preferred("account a", "client 2"))
    #expect(refused1 == .failure(.shareExceeded))
    let refused2 = queue.enter(Self.preferred("account b", "client 1"))
    #expect(refused2 == .failure(.shareExceeded))
    let ticket = try queue.enter(Self.preferred("account b", "client 2")).get()
    let started = queue.start(ticket)
    #expect(started, "it starts at once")
  }

  @Test func `requests that are not preferred leave a permit and half of the queue to the others`() throws {
    var queue = PermitQueue(permits: 3, waitersMax: 10, shareMax: 8)
    let results = (0..<20).map { queue.enter(Self.other("client \($0)")) }
    #expect(queue.running == 2 && queue.waiting == 5)
    #expect(results.last == .failure(.full))
    let tickets = try (0..<6).map { try queue.enter(Self.preferred("client \(100 + $0)")).get() }
    let first = queue.start(tickets[0])
    #expect(first && queue.waiting == 10)
    let refused3 = queue.enter(Self.preferred("client x"))
    #expect(refused3 == .failure(.full))
  }

  @Test func `with one permit a preferred request goes before all that are not`() throws {
    var queue = PermitQueue(permits: 1, waitersMax: 10, shareMax: 8)
    let running = Self.other("client 0")
    let first = try queue.enter(running).get()
    let others = try (1...3).map { try queue.enter(Self.other("client \($0)")).get() }
    let signIn = try queue.enter(Self.preferred("client 9")).get()
    let hasStarted = queue.start(first)
    queue.leave(running)
    let isFirst = queue.start(signIn)
    let isSecond = queue.start(others[0])
    #expect(hasStarted && isFirst && !isSecond)
  }

  @Test func `parties take turns, however many requests each has waiting`() throws {
    var queue = PermitQueue(permits: 1, waitersMax: 100, shareMax: 50)
    var tickets: [(name: String, ticket: Int)] = []
    for name in ["a", "a", "a", "a", "b", "b", "c"] {
      tickets.append((name, try queue.enter(Self.preferred("client \(name)")).get()))
    }
    var order = ""
    for _ in tickets {
      guard let next = tickets.first(where: { queue.start($0.ticket) }) else { break }
      order += next.name
      queue.leave(Self.preferred("client \(next.name)"))
    }
    #expect(order == "abcabaa")
  }

  @Test func `whatever comes and goes, the bounds hold and nobody is forgotten`() throws {
    var random = SplitMix(seed: 7)
    for permits in 1...4 {
      var queue = PermitQueue(permits: permits, waitersMax: 12, shareMax: 4)
      var running: [PermitRequest] = []
      var waiting: [(ticket: Int, request: PermitRequest)] = []
      var wrong: [String] = []
      for step in 0..<4000 {
        if random.int(0...2) > 0 {
          let request = PermitRequest(
            isPreferred: random.int(0...1) == 0, parties: ["account \(random.int(0...5))", "client \(random.int(0...3))"])
          if let ticket = try? queue.enter(request).get() { waiting.append((ticket, request)) }
        } else if !running.isEmpty {
          queue.leave(running.remove(at: random.int(0...running.count - 1)))
        }
        waiting.removeAll { entry in
          guard queue.start(entry.ticket) else { return false }
          running.append(entry.request)
          return true
        }
        if running.count != queue.running || waiting.count != queue.waiting { wrong.append("counts at \(step)") }
        if running.count > permits || waiting.count > 12 { wrong.append("bounds at \(step)") }
        let shared = max(1, permits - 1)
        if running.count(where: { !$0.isPreferred }) > shared { wrong.append("no permit kept at \(step)") }
        for party in Set((running + waiting.map(\.request)).flatMap(\.parties)) {
          let held = running.count { $0.parties.contains(party) }
          if held > shared { wrong.append("\(party) holds \(held) at \(step)") }
          if held + waiting.count(where: { $0.request.parties.contains(party) }) > 4 { wrong.append("\(party)'s share at \(step)") }
        }
      }
      while let request = running.popLast() {
        queue.leave(request)
        waiting.removeAll { entry in
          guard queue.start(entry.ticket) else { return false }
          running.append(entry.request)
          return true
        }
      }
      #expect(wrong.prefix(3) == [] && waiting.isEmpty && queue.running == 0 && queue.waiting == 0)
    }
  }
}
