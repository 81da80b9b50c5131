// Links from page to page.
import Testing

@testable import RestFCGI

@Suite struct PageLinkTests {
  private static let next = PageLink(relation: .next, parameter: "cursor", value: "C")

  @Test(arguments: [
    ("/api/v1/rooms", "/api/v1/rooms?cursor=C"), ("/api/v1/rooms?", "/api/v1/rooms?cursor=C"),
    ("/a?limit=2", "/a?limit=2&cursor=C"), ("/a?limit=2&cursor=B", "/a?limit=2&cursor=C"), ("/a?cursor=B&limit=2&&", "/a?limit=2&cursor=C"),
    ("/a?q=%C3%A9+b&before=2026-01-01", "/a?q=%C3%A9+b&before=2026-01-01&cursor=C"), ("/a?xcursor=1", "/a?xcursor=1&cursor=C"),
    ("/a?q=>;rel=\"next\"\r\n\\", "/a?q=%3E;rel=%22next%22%0D%0A%5C&cursor=C"), ("/a?q=é", "/a?q=%C3%A9&cursor=C"),
  ]) func `a link is the request's own target with another cursor`(target: String, link: String) {
    #expect(PageLink.header([Self.next], target: Array(target.utf8)) == "<\(link)>; rel=\"next\"")
  }

  @Test func `a page of messages links both ways`() {
    let links = [
      PageLink(relation: .next, parameter: "after", value: "9"), PageLink(relation: .previous, parameter: "before", value: "5"),
    ]
    let header = PageLink.header(links, target: Array("/m?around=7&limit=5".utf8))
    #expect(header == #"</m?limit=5&after=9>; rel="next", </m?limit=5&before=5>; rel="prev""#)
  }
}
