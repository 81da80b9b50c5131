// A response as FastCGI records (FastCGI Specification 1.0, section 3.3).

/// STDOUT records with the head and the body, the empty one that ends them, and END_REQUEST.
struct FastCGIRecords {
  /// Content of one record: the length has 16 bits, and a multiple of eight needs no padding.
  static let contentBytesMax = 65_528

  private static let version: UInt8 = 1
  private static let endRequest: UInt8 = 3
  private static let standardOutput: UInt8 = 6

  private(set) var bytes: [UInt8] = []

  init(requestNumber: UInt16, head: [UInt8], body: [UInt8]) {
    let total = head.count + body.count
    bytes.reserveCapacity(total + 8 * (total / Self.contentBytesMax + 4))
    var left = total
    var remaining = 0
    for part in [head, body] {
      var rest = part[...]
      while !rest.isEmpty {
        if remaining == 0 {
          remaining = min(left, Self.contentBytesMax)
          header(Self.standardOutput, requestNumber, length: remaining)
        }
        let piece = rest.prefix(remaining)
        bytes.append(contentsOf: piece)
        rest = rest.dropFirst(piece.count)
        remaining -= piece.count
        left -= piece.count
      }
    }
    header(Self.standardOutput, requestNumber, length: 0)
    header(Self.endRequest, requestNumber, length: 8)
    // Application status 0, protocol status FCGI_REQUEST_COMPLETE.
    bytes.append(contentsOf: repeatElement(0, count: 8))
  }

  private mutating func header(_ type: UInt8, _ requestNumber: UInt16, length: Int) {
    let (number, length) = (requestNumber, UInt16(truncatingIfNeeded: length))
    bytes += [Self.version, type, UInt8(number >> 8), UInt8(number & 0xff), UInt8(length >> 8), UInt8(length & 0xff), 0, 0]
  }
}
