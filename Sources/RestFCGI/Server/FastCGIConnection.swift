// A worker's connection to nginx; the only file that uses libfcgi.
import CFastCGI
import Glibc

/// Accepts one request after the other, from new connections and from those that nginx keeps. Belongs to the thread that created it.
final class FastCGIConnection {
  // The streams inside point back to it: it must not move.
  private let raw = UnsafeMutablePointer<FCGX_Request>.allocate(capacity: 1)

  /// Call once, before the first thread.
  static func setUp() {
    FCGX_Init()
  }

  /// Makes threads that wait for a connection return as soon as a signal interrupts them.
  static func endWaiting() {
    FCGX_ShutdownPending()
  }

  init(listeningOn socket: Int32) {
    FCGX_InitRequest(raw, socket, 0)
  }

  deinit {
    FCGX_Free(raw, 1)
    raw.deallocate()
  }

  /// Waits for the next request and reads its parameters. Returns 0, or libfcgi's error, which usually is the negative `errno`.
  ///
  /// On Linux several threads may wait in accept() on one socket, so no lock is held here; a lock would also block the threads whose
  /// kept connection has its next request ready.
  func accept() -> Int32 {
    FCGX_Accept_r(raw)
  }

  /// The parameters of the accepted request.
  func parameters() -> FastCGIParameters {
    var parameters = FastCGIParameters()
    guard var entry = raw.pointee.envp else { return parameters }
    while let text = entry.pointee {
      let length = strlen(text)
      text.withMemoryRebound(to: UInt8.self, capacity: length) { parameters.add(UnsafeBufferPointer(start: $0, count: length)) }
      entry += 1
    }
    return parameters
  }

  /// Reads the body to its end, unless it is too large.
  func body(length: Int?) -> Request.Body {
    guard let input = raw.pointee.in else { return .broken }
    if let length, length > Request.bodyBytesMax { return .tooLarge }
    let first = FCGX_GetChar(input)
    guard first >= 0 else { return length ?? 0 == 0 ? .bytes([]) : .broken }

    // One byte more than allowed: reading it reveals a longer body, and consumes the record that ends this one.
    let capacity = (length ?? Request.bodyBytesMax) + 1
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      start.initialize(to: UInt8(truncatingIfNeeded: first))
      let further = start.advanced(by: 1).withMemoryRebound(to: CChar.self, capacity: capacity - 1) {
        FCGX_GetStr($0, Int32(clamping: capacity - 1), input)
      }
      count = 1 + Int(further)
    }
    if let length { return bytes.count == length && hasReadToEnd ? .bytes(bytes) : .broken }
    return bytes.count <= Request.bodyBytesMax ? .bytes(bytes) : .tooLarge
  }

  /// The body of an upload. To be read on this thread, before `finish`.
  func bodyStream(length: Int?) -> BodyStream {
    BodyStream(length: length) { [self] bytes in
      guard let input = raw.pointee.in else { return 0 }
      return bytes.withUnsafeMutableBytes { buffer in
        guard let start = buffer.baseAddress else { return 0 }
        return Int(FCGX_GetStr(start.assumingMemoryBound(to: CChar.self), Int32(clamping: buffer.count), input))
      }
    }
  }

  /// Sends a response and ends the request. The connection is kept if nginx and the caller ask for it.
  ///
  /// The records are composed here and sent in one system call. libfcgi's own stream would send 8 KiB at a time: three calls for a page
  /// of 50 messages, each of which wakes nginx.
  func finish(_ response: Response, requestID: String, withBody: Bool, keepingConnection: Bool) {
    let records = FastCGIRecords(
      requestNumber: UInt16(truncatingIfNeeded: raw.pointee.requestId), head: response.head(requestID: requestID),
      body: withBody ? response.body : [])
    let isSent = send(records.bytes)
    // The unread rest of a body would be taken for the next request, so such a connection is closed.
    let isKept = isSent && keepingConnection && hasReadToEnd && raw.pointee.keepConnection != 0
    if !isKept { raw.pointee.keepConnection = 0 }
    FCGX_Free(raw, isKept ? 0 : 1)
  }

  /// False if nginx has closed the connection.
  private func send(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Glibc.send(raw.pointee.ipcFd, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, Int32(MSG_NOSIGNAL))
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  private var hasReadToEnd: Bool {
    guard let input = raw.pointee.in else { return false }
    return FCGX_HasSeenEOF(input) != 0
  }
}
