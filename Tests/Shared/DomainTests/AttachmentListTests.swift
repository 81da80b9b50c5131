// Which files a message may have, as far as their ids tell.
import Domain
import Testing

@Suite struct AttachmentListTests {
  private func code(_ ids: [String]) -> String? {
    do throws(ChatError) {
      _ = try AttachmentList(ids)
      return nil
    } catch {
      return error.fields.first?.code
    }
  }

  @Test func `at most ten, each once, each with the form of an id`() throws {
    #expect(try AttachmentList([]).isEmpty && AttachmentList(["a", "b"]).ids.map(\.text) == ["a", "b"])
    #expect(code((0..<10).map { "f\($0)" }) == nil && code((0..<11).map { "f\($0)" }) == "count")
    #expect(code(["a", "b", "a"]) == "duplicate")
    for wrong in ["", "../a", "a b", "a\0", String(repeating: "a", count: 33)] { #expect(code([wrong]) == "unknown") }
  }

  @Test func `text may be missing beside files, and only there`() throws {
    #expect(try MessageBody("", mayBeEmpty: true).text == "")
    #expect(throws: ChatError.self) { try MessageBody("") }
    #expect(throws: ChatError.self) { try MessageBody("a\0b", mayBeEmpty: true) }
    #expect(throws: ChatError.self) { try MessageBody(String(repeating: "x", count: 4001), mayBeEmpty: true) }
  }
}
