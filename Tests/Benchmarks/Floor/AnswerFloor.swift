// The floor of REST: a libfcgi responder that reads nothing and always returns the same response.
import CFastCGI
import Glibc
import Posix

enum AnswerFloor {
  /// The default of the REST worker: each kept-alive connection of nginx occupies one thread.
  private static let threads = 64

  /// Listens on a Unix socket; `file` is the body of every response, at most 64 KiB.
  static func run(socket path: String, file: String) throws {
    let socket = try listeningSocket(at: .unix(path: path), nonblocking: false).release()
    let head = "Status: 200 OK\r\nContent-Type: application/json\r\n\r\n"
    let answer = Array(head.utf8) + (try contents(of: file))
    print("listening on \(path)")
    fflush(nil)
    FCGX_Init()
    for _ in 0..<threads { _ = Thread(name: "answer") { serve(socket, answer) } }
  }

  private static func serve(_ socket: Int32, _ answer: [UInt8]) {
    let request = UnsafeMutablePointer<FCGX_Request>.allocate(capacity: 1)
    FCGX_InitRequest(request, socket, 0)
    while FCGX_Accept_r(request) == 0 {
      answer.withUnsafeBytes { _ = FCGX_PutStr($0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count), request.pointee.out) }
      FCGX_Finish_r(request)
    }
  }

  private static func contents(of path: String) throws -> [UInt8] {
    let file = FileDescriptor(owning: try check("open \(path)") { open(path, O_RDONLY) })
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let capacity = bytes.count
    let count = bytes.withUnsafeMutableBytes { Glibc.read(file.number, $0.baseAddress, capacity) }
    return Array(bytes.prefix(max(0, count)))
  }
}
