// Defaults of all workloads: they accept no connections.
import EventLoop

extension EventHandler {
  func accepted(_ socket: Int32) {}
}

extension Array where Element == DriverCommand {
  var containsStop: Bool { contains { if case .stop = $0 { true } else { false } } }
}
