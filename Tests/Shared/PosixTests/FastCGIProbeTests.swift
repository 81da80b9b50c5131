// A FastCGI response is put together from its records, and one that is cut off is none.
import Testing

@testable import Posix

@Suite struct FastCGIProbeTests {
  private func record(_ type: UInt8, _ content: String, padding: Int = 0) -> [UInt8] {
    [1, type, 0, 1, 0, UInt8(content.utf8.count), UInt8(padding), 0] + Array(content.utf8) + Array(repeating: 0, count: padding)
  }

  @Test func `the output of several records is one, without errors and padding`() {
    let response = record(6, "Status: 200", padding: 5) + record(7, "a warning") + record(6, " OK") + record(6, "") + record(3, "12345678")
    #expect(FastCGIProbe.output(of: response).map { String(decoding: $0, as: UTF8.self) } == "Status: 200 OK")
  }

  @Test func `a response that is cut off anywhere is none`() {
    let response = record(6, "Status: 200 OK", padding: 2) + record(3, "12345678")
    for count in 0..<response.count { #expect(FastCGIProbe.output(of: Array(response.prefix(count))) == nil, "\(count)") }
    #expect(FastCGIProbe.output(of: response) != nil)
  }

  @Test func `nobody at the socket is no answer`() {
    #expect(FastCGIProbe.body("/metrics", at: .unix(path: "/nowhere.sock"), withinMilliseconds: 100, bytesMax: 1000) == nil)
  }
}
