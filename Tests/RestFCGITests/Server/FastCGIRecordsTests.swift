// FastCGI records, cut and put together again as by nginx.

import Testing

@testable import RestFCGI

private struct Record: Equatable {
  let type: UInt8
  let content: [UInt8]
}

private func read(_ bytes: [UInt8], requestNumber: Int) -> [Record] {
  var records: [Record] = []
  var index = 0
  while index + 8 <= bytes.count {
    let header = bytes[index..<(index + 8)].map(Int.init)
    let length = header[4] << 8 | header[5]
    guard header[0] == 1, header[2] << 8 | header[3] == requestNumber, index + 8 + length + header[6] <= bytes.count else { break }
    records.append(Record(type: UInt8(header[1]), content: Array(bytes[(index + 8)..<(index + 8 + length)])))
    index += 8 + length + header[6]
  }
  return index == bytes.count ? records : []
}

@Suite struct FastCGIRecordsTests {
  private static let most = FastCGIRecords.contentBytesMax

  @Test(arguments: [
    (0, 0), (1, 0), (0, 1), (300, 17_000), (300, most - 300), (300, most - 299), (most, most), (most - 1, 2), (5, 3 * most + 7),
  ])
  func `head and body of any length arrive whole, followed by the end of the stream and of the request`(
    headBytes: Int, bodyBytes: Int
  ) {
    let head = (0..<headBytes).map { UInt8(truncatingIfNeeded: $0) }
    let body = (0..<bodyBytes).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let records = read(FastCGIRecords(requestNumber: 0x0102, head: head, body: body).bytes, requestNumber: 0x0102)
    #expect(records.count == 2 + (headBytes + bodyBytes + Self.most - 1) / Self.most)
    #expect(records.dropLast().allSatisfy { $0.type == 6 })
    #expect(records.dropLast().flatMap(\.content) == head + body)
    #expect(records.dropLast(2).allSatisfy { !$0.content.isEmpty })
    #expect(records.dropLast().last?.content == [])
    #expect(records.last == Record(type: 3, content: [0, 0, 0, 0, 0, 0, 0, 0]))
  }
}
