// What no workload cares about: it accepts nobody.
import EventLoop

extension EventHandler {
  func accepted(_ socket: Int32) {}
}

extension Array where Element == Order {
  var saysStop: Bool { contains { if case .stop = $0 { true } else { false } } }
}
