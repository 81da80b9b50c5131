// From a method and a path to the handler that answers.
import Domain

/// Built once from the table of routes. Where two templates fit a path, the one that stands first in the table counts.
struct Router: Sendable {
  enum Destination: Sendable {
    case handler(Route.Handler, path: [String])
    /// The path is known, the method is not one of these. OPTIONS asks for nothing else.
    case wrongMethod(allowed: [Method])
  }

  private enum Segment: Sendable {
    case literal([UInt8])
    case variable
  }

  private struct Place: Sendable {
    let template: String
    let segments: [Segment]
    var handlers: [(method: Method, handler: Route.Handler)]
  }

  /// By the number of segments.
  private var places: [[Place]] = []

  init(_ routes: [Route]) {
    for route in routes {
      let segments = route.template.split(separator: "/").map { $0.hasPrefix("{") ? Segment.variable : .literal(Array($0.utf8)) }
      while places.count <= segments.count { places.append([]) }
      if let index = places[segments.count].firstIndex(where: { $0.template == route.template }) {
        places[segments.count][index].handlers.append((route.method, route.handler))
      } else {
        places[segments.count].append(Place(template: route.template, segments: segments, handlers: [(route.method, route.handler)]))
      }
    }
  }

  /// Throws `not_found`. A HEAD goes where a GET would; a method that is no method of this service goes nowhere.
  func destination(_ method: Method?, _ path: Path) throws(ChatError) -> Destination {
    guard places.indices.contains(path.count), let place = places[path.count].first(where: { Self.fits(path, $0) }) else { throw .notFound }
    let wanted = method == .head ? .get : method
    guard let found = place.handlers.first(where: { $0.method == wanted }) else {
      return .wrongMethod(allowed: Self.allowed(place))
    }
    return .handler(found.handler, path: Self.variables(path, place))
  }

  private static func fits(_ path: Path, _ place: Place) -> Bool {
    // Backwards: all paths begin alike.
    for index in place.segments.indices.reversed() {
      if case .literal(let literal) = place.segments[index], !path.segment(index, is: literal) { return false }
    }
    return true
  }

  private static func variables(_ path: Path, _ place: Place) -> [String] {
    place.segments.indices.compactMap { index in
      if case .variable = place.segments[index] { path.text(index) } else { nil }
    }
  }

  private static func allowed(_ place: Place) -> [Method] {
    var methods = place.handlers.map(\.method)
    if methods.contains(.get) { methods.append(.head) }
    methods.append(.options)
    return Method.allCases.filter(methods.contains)
  }
}
