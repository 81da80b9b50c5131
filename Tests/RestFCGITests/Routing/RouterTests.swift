// Matching of methods and paths.

import Domain
import Testing

@testable import RestFCGI

private let routes: [Route] = [
  .public(.get, "/rooms", { _ in Response(status: 201) }),
  .public(.post, "/rooms", { _ in Response(status: 202) }),
  .public(.get, "/rooms/public", { _ in Response(status: 203) }),
  .public(.delete, "/rooms/{room_id}/members/{user_id}", { _ in Response(status: 204) }),
  .public(.get, "/rooms/{room_id}", { _ in Response(status: 205) }),
]

private enum Found: Equatable {
  case parameters(PathParameters)
  case allowed([Method])
  case nothing
}

private func find(_ method: Method?, _ target: String, in routes: [Route] = routes) -> Found {
  do {
    switch try Router(routes).match(method, try Path(Array(target.utf8))) {
    case .route(_, let parameters, _): return .parameters(parameters)
    case .methodNotAllowed(let allowed): return .allowed(allowed)
    }
  } catch {
    return .nothing
  }
}

@Suite struct RouterTests {
  @Test func `a path matches its template, and its variable segments are the parameters`() {
    #expect(find(.get, "/rooms") == .parameters(PathParameters()))
    #expect(find(.get, "/rooms/A1") == .parameters(PathParameters(names: ["room_id"], values: ["A1"])))
    #expect(find(.delete, "/rooms/A1/members/B2") == .parameters(PathParameters(names: ["room_id", "user_id"], values: ["A1", "B2"])))
  }

  @Test func `a literal segment is not taken for a parameter`() {
    #expect(find(.get, "/rooms/public") == .parameters(PathParameters()))
    #expect(find(.patch, "/rooms/public") == .allowed([.get, .head, .options]))
  }

  @Test func `HEAD matches where GET does`() {
    #expect(find(.head, "/rooms/A1") == .parameters(PathParameters(names: ["room_id"], values: ["A1"])))
    #expect(find(.head, "/rooms/A1/members/B2") == .allowed([.delete, .options]))
  }

  @Test(arguments: [Method.put, .options, nil])
  func `another method, OPTIONS or an unknown method on a known path gets the allowed methods`(method: Method?) {
    #expect(find(method, "/rooms") == .allowed([.get, .head, .post, .options]))
  }

  @Test(arguments: [
    "/", "/room", "/roomss", "/Rooms", "/rooms/A1/members", "/rooms/A1/member/B2", "/rooms/A1/members/B2/x", "/x/y/z/a/b/c/d/e/f",
  ])
  func `paths that only resemble a template do not match`(target: String) {
    #expect(find(.get, target) == .nothing)
  }

  @Test func `every route of the API is matched by its own template, and none hides another`() throws {
    #expect(Set(Routes.table.map { "\($0.method) \($0.template)" }).count == Routes.table.count)
    for route in Routes.table {
      let target = route.template.replacing("{", with: "x").replacing("}", with: "x")
      let names = route.template.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
      guard case .parameters(let found) = find(route.method, target, in: Routes.table) else {
        Issue.record("\(route.method) \(route.template) is not found")
        continue
      }
      #expect(found == PathParameters(names: names, values: names.map { "x\($0)x" }))
    }
  }
}
