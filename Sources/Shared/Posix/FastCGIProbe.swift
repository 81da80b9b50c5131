// Asks a FastCGI worker, as nginx would.

/// FastCGI Specification 1.0, sections 3.3, 5.1 and 5.2.
public enum FastCGIProbe {
  private enum RecordType {
    static let begin: UInt8 = 1
    static let end: UInt8 = 3
    static let parameters: UInt8 = 4
    static let input: UInt8 = 5
    static let output: UInt8 = 6
  }

  private static let headerBytes = 8

  /// The bytes of a GET of `path`, of less than 128 bytes.
  public static func request(_ path: String) -> [UInt8] {
    func record(_ type: UInt8, _ content: [UInt8]) -> [UInt8] { [1, type, 0, 1, 0, UInt8(content.count), 0, 0] + content }
    let parameters = [("REQUEST_METHOD", "GET"), ("REQUEST_URI", path)].flatMap { name, value in
      [UInt8(name.utf8.count), UInt8(value.utf8.count)] + Array(name.utf8) + Array(value.utf8)
    }
    // The role of a responder; the connection is not kept.
    return record(RecordType.begin, [0, 1, 0, 0, 0, 0, 0, 0]) + record(RecordType.parameters, parameters)
      + record(RecordType.parameters, []) + record(RecordType.input, [])
  }

  /// The body of the worker's answer to a GET of `path`, if that is 200 and whole within `milliseconds`; else nil. Blocks.
  public static func body(_ path: String, at address: SocketAddress, withinMilliseconds milliseconds: Int, bytesMax: Int) -> String? {
    guard let probe = try? HealthProbe(sending: request(path), to: address, timeoutMilliseconds: milliseconds),
      let response = probe.response(withinMilliseconds: milliseconds, bytesMax: bytesMax), let output = output(of: response)
    else { return nil }
    let text = String(decoding: output, as: UTF8.self)
    guard text.hasPrefix("Status: 200 "), let head = text.firstRange(of: "\r\n\r\n") else { return nil }
    return String(text[head.upperBound...])
  }

  /// Whether a worker answers a GET of `path`, each step within `milliseconds`. Blocks.
  public static func succeeds(_ path: String, at address: SocketAddress, withinMilliseconds milliseconds: Int = 1000) -> Bool {
    do throws(Errno) {
      let probe = try HealthProbe(sending: request(path), to: address, timeoutMilliseconds: milliseconds)
      return probe.hasAnswered(withinMilliseconds: Int32(milliseconds)) == true
    } catch {
      return false
    }
  }

  /// What the records of a response have for standard output; nil if they are cut off.
  static func output(of response: [UInt8]) -> [UInt8]? {
    var (rest, output) = (response[...], [UInt8]())
    while rest.count >= headerBytes {
      let header = Array(rest.prefix(headerBytes))
      let (content, padding) = (Int(header[4]) << 8 | Int(header[5]), Int(header[6]))
      rest = rest.dropFirst(headerBytes)
      guard rest.count >= content + padding else { return nil }
      if header[1] == RecordType.output { output += rest.prefix(content) }
      if header[1] == RecordType.end { return output }
      rest = rest.dropFirst(content + padding)
    }
    return nil
  }
}
