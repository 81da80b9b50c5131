// Every path finds its handler, and only with its methods.

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
    case .route(_, let parameters): return .parameters(parameters)
    case .methodNotAllowed(let allowed): return .allowed(allowed)
    }
  } catch {
    return .nothing
  }
}

@Suite struct RouterTests {
  @Test("a path leads to the handler of its template and brings what stands in its places")
  func places() {
    #expect(find(.get, "/rooms") == .parameters(PathParameters()))
    #expect(find(.get, "/rooms/A1") == .parameters(PathParameters(names: ["room_id"], values: ["A1"])))
    #expect(find(.delete, "/rooms/A1/members/B2") == .parameters(PathParameters(names: ["room_id", "user_id"], values: ["A1", "B2"])))
  }

  @Test("a word of the API is not taken for somebody's identifier")
  func wordsFirst() {
    #expect(find(.get, "/rooms/public") == .parameters(PathParameters()))
    #expect(find(.patch, "/rooms/public") == .allowed([.get, .head, .options]))
  }

  @Test("HEAD goes where GET goes")
  func head() {
    #expect(find(.head, "/rooms/A1") == .parameters(PathParameters(names: ["room_id"], values: ["A1"])))
    #expect(find(.head, "/rooms/A1/members/B2") == .allowed([.delete, .options]))
  }

  @Test(
    "another method on a known path is told the right ones; OPTIONS and methods nobody knows too", arguments: [Method.put, .options, nil])
  func wrongMethod(method: Method?) {
    #expect(find(method, "/rooms") == .allowed([.get, .head, .post, .options]))
  }

  @Test(
    "paths that only resemble known ones lead nowhere",
    arguments: [
      "/", "/room", "/roomss", "/Rooms", "/rooms/A1/members", "/rooms/A1/member/B2", "/rooms/A1/members/B2/x", "/x/y/z/a/b/c/d/e/f",
    ])
  func unknown(target: String) {
    #expect(find(.get, target) == .nothing)
  }

  @Test("every route of the API is found by its own template, and none hides behind another")
  func wholeTable() throws {
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
