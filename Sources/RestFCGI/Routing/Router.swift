// Finds the handler for a method and a path.
import Domain

/// Built once from the table of routes. If two templates match a path, the first in the table wins.
struct Router: Sendable {
  enum Match: Sendable {
    /// `number`: the place of the route in the table.
    case route(Route.Handler, PathParameters, number: Int)
    /// The path exists, but not with this method. OPTIONS always ends here.
    case methodNotAllowed(allowed: [Method])
  }

  /// All routes of one template.
  private struct RoutePattern: Sendable {
    enum Segment: Sendable {
      case literal([UInt8])
      case variable
    }

    let template: String
    let segments: [Segment]
    let parameterNames: [String]
    var handlers: [(method: Method, handler: Route.Handler, number: Int)] = []

    init(template: String) {
      let parts = template.split(separator: "/")
      self.template = template
      segments = parts.map { $0.hasPrefix("{") ? .variable : .literal(Array($0.utf8)) }
      parameterNames = parts.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    func matches(_ path: Path) -> Bool {
      // Backwards: all paths begin alike.
      for index in segments.indices.reversed() {
        if case .literal(let literal) = segments[index], !path.segment(index, is: literal) { return false }
      }
      return true
    }

    func parameters(of path: Path) -> PathParameters {
      let values = segments.indices.compactMap { index in
        if case .variable = segments[index] { path.text(index) } else { nil }
      }
      return PathParameters(names: parameterNames, values: values)
    }

    func parameterName(ofSegment index: Int) -> String {
      String(template.split(separator: "/")[index].drop { $0 == "{" }.prefix { $0 != "}" })
    }

    var allowedMethods: [Method] {
      var methods = handlers.map(\.method)
      if methods.contains(.get) { methods.append(.head) }
      methods.append(.options)
      return Method.allCases.filter(methods.contains)
    }
  }

  /// By the number of segments.
  private var patterns: [[RoutePattern]] = []

  init(_ routes: [Route]) {
    for (number, route) in routes.enumerated() {
      var pattern = RoutePattern(template: route.template)
      let count = pattern.segments.count
      while patterns.count <= count { patterns.append([]) }
      if let index = patterns[count].firstIndex(where: { $0.template == route.template }) {
        patterns[count][index].handlers.append((route.method, route.handler, number))
      } else {
        pattern.handlers.append((route.method, route.handler, number))
        patterns[count].append(pattern)
      }
    }
  }

  /// Throws `not_found` if no template matches the path, and `invalid_field` for a parameter with too many combining marks. HEAD is handled as
  /// GET; nil stands for a method that this service does not know.
  func match(_ method: Method?, _ path: Path) throws(ChatError) -> Match {
    guard patterns.indices.contains(path.count), let pattern = patterns[path.count].first(where: { $0.matches(path) }) else {
      throw .noRoute
    }
    let wanted = method == .head ? .get : method
    guard let found = pattern.handlers.first(where: { $0.method == wanted }) else {
      return .methodNotAllowed(allowed: pattern.allowedMethods)
    }
    if let index = path.crowdedSegment { throw .invalid(pattern.parameterName(ofSegment: index), "characters", CombiningMarkLimit.detail) }
    return .route(found.handler, pattern.parameters(of: path), number: found.number)
  }
}
