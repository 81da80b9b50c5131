// Entity tags and conditional requests.
import Testing

@testable import RestFCGI

@Suite struct ETagTests {
  @Test func `equal bodies have equal tags, different bodies different ones`() {
    let page = (0..<12_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var tags: Set<String> = [ETag(of: page).text]
    for index in stride(from: 0, to: page.count, by: 97) {
      var changed = page
      changed[index] ^= 1
      tags.insert(ETag(of: changed).text)
    }
    for length in 0..<100 { tags.insert(ETag(of: Array(page.prefix(length))).text) }
    #expect(tags.count == 1 + 124 + 100)
    #expect(ETag(of: page) == ETag(of: page))
  }

  @Test func `a tag matches in a list, weak or strong, and *`() {
    let tag = ETag(of: [1, 2, 3])
    let strong = String(tag.text.dropFirst(2))
    for list in [tag.text, strong, "*", " * ", "\"x\", \(tag.text)", "W/\"a,b\" , \(strong),\"y\""] {
      #expect(tag.matches(list), "\(list)")
    }
  }

  @Test(arguments: [
    "", "W/", "\"", "\"\"", "W/\"other\"", String(repeating: "\"", count: 4000), String(repeating: "W/", count: 1000), "**", "*,*",
  ])
  func `nothing else matches`(list: String) {
    #expect(!ETag(of: [1, 2, 3]).matches(list))
  }

  @Test func `a tag inside the quotation marks of another does not match`() {
    let tag = ETag(of: [1])
    #expect(!tag.matches(String(tag.text.dropFirst(3).dropLast())))
  }

  @Test func `a client that has the current state receives 304 without a body`() {
    let response = Response(status: 200, body: [1, 2, 3])
    let first = response.tagged(against: nil)
    #expect(first.status == 200 && first.headText.contains("Cache-Control: private, no-cache\r\nETag: W/\""))
    let again = response.tagged(against: first.tag)
    #expect(again.status == 304 && again.body.isEmpty && again.tag == first.tag)
    #expect(!again.headText.contains("Content-Length:"))
    #expect(response.tagged(against: "W/\"0\"").status == 200)
  }
}
