// Which close codes may travel.

import Testing
import WebSocket

@Suite struct CloseCodeTests {
  @Test(arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999] as [UInt16])
  func `a code that may be sent can be built`(code: UInt16) {
    #expect(CloseCode.isValidOnWire(code))
    #expect(CloseCode(rawValue: code)?.rawValue == code)
  }

  @Test(arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 0xFFFF] as [UInt16])
  func `a code that must not be sent cannot be built`(code: UInt16) {
    #expect(!CloseCode.isValidOnWire(code))
    #expect(CloseCode(rawValue: code) == nil)
  }

  @Test func `the codes of the contract have its numbers`() {
    let numbers: [UInt16] = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 4001, 4003, 4008, 4009, 4010, 4011]
    #expect(CloseCode.allCases.map(\.rawValue) == numbers)
    #expect(numbers.allSatisfy(CloseCode.isValidOnWire))
  }
}
