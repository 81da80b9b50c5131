// Request ids.
import Testing

@testable import RestFCGI

@Suite struct RequestIDTests {
  @Test func `request ids are 16 hexadecimal digits and do not repeat`() {
    var ids = RequestID()
    let names = Set((0..<10_000).map { _ in ids.next() })
    #expect(names.count == 10_000)
    #expect(names.allSatisfy { $0.utf8.count == 16 && $0.allSatisfy { $0.isHexDigit && !$0.isUppercase } })
    #expect(RequestID.hex(0) == "0000000000000000")
    #expect(RequestID.hex(0x0123_4567_89ab_cdef) == "0123456789abcdef")
  }
}
