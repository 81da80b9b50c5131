// Reads the plan, starts its workload on a thread of its own, and passes on what the driver says meanwhile.
import EventLoop
import FoundationEssentials
import Posix

/// What the driver says after the plan.
enum Order: Sendable {
  /// A line of whatever text: go on to the next stage.
  case proceed
  /// The end of standard input: the driver is gone, or has heard enough.
  case stop
}

enum LoadGenerator {
  static func main() -> Int32 {
    Process.limitOpenFiles(to: 1 << 20)
    guard let line = readLine() else { Report.void("no plan on standard input") }
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let plan = try decoder.decode(Plan.self, from: Data(line.utf8))
      let orders = try Mailbox<Order>()
      let thread = Thread(name: "load") { run(plan, orders) }
      while readLine() != nil { orders.send(.proceed) }
      orders.send(.stop)
      thread.join()
      return 0
    } catch {
      Report.void("the plan: \(error)")
    }
  }

  private static func run(_ plan: Plan, _ orders: Mailbox<Order>) {
    do {
      let loop = try EventLoop(mailbox: orders)
      switch plan.workload {
      case .fanout: loop.run(try Fanout(plan, loop))
      case .idle: loop.run(try Idle(plan, loop))
      case .send: loop.run(try Send(plan, loop))
      case .storm: loop.run(try Storm(plan, loop))
      case .joins: loop.run(try Joins(plan, loop))
      case .read: loop.run(try Requests(ReadErrand(plan), plan, loop))
      case .post: loop.run(try Requests(PostErrand(plan), plan, loop))
      }
    } catch {
      Report.void("\(error)")
    }
  }
}
