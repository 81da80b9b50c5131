// Reads the plan, runs its workload on a separate thread, and forwards the driver's commands to it.
import EventLoop
import FoundationEssentials
import Posix

/// A command of the driver, after the plan.
enum DriverCommand: Sendable {
  /// Any line of text: go on to the next stage.
  case proceed
  /// End of standard input: the driver has ended, or needs no more.
  case stop
}

enum LoadGenerator {
  static func main() -> Int32 {
    Process.limitOpenFiles(to: 1 << 20)
    guard let line = readLine() else { Report.invalid("no plan on standard input") }
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let plan = try decoder.decode(Plan.self, from: Data(line.utf8))
      let commands = try Mailbox<DriverCommand>()
      let thread = Thread(name: "load") { run(plan, commands) }
      while readLine() != nil { commands.send(.proceed) }
      commands.send(.stop)
      thread.join()
      return 0
    } catch {
      Report.invalid("invalid plan: \(error)")
    }
  }

  private static func run(_ plan: Plan, _ commands: Mailbox<DriverCommand>) {
    do {
      let loop = try EventLoop(mailbox: commands)
      switch plan.workload {
      case .fanout: loop.run(try Fanout(plan, loop))
      case .idle: loop.run(try Idle(plan, loop))
      case .send: loop.run(try Send(plan, loop))
      case .storm: loop.run(try Storm(plan, loop))
      case .resumes: loop.run(try Resumes(plan, loop))
      case .joins: loop.run(try Joins(plan, loop))
      case .manyRooms: loop.run(try ManyRooms(plan, loop))
      case .change: loop.run(try Requests(ChangeWorkload(plan), plan, loop))
      case .read: loop.run(try Requests(ReadWorkload(plan), plan, loop))
      case .post: loop.run(try Requests(PostWorkload(plan), plan, loop))
      }
    } catch {
      Report.invalid("\(error)")
    }
  }
}
