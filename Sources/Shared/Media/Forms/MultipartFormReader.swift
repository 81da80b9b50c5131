// Reads multipart/form-data (RFC 7578, RFC 2046 section 5.1) in a body of any size, through a window.

public enum MultipartFormReader {
  /// Parts of a form, files and fields.
  public static let partsMax = 32
  /// Bytes of the headers of a part.
  public static let headerBytesMax = 8192
  /// Header fields of a part.
  public static let headersMax = 16
  /// Bytes of a text field.
  public static let fieldBytesMax = 4096

  /// The boundary of a body with this `Content-Type`; nil if it is no multipart/form-data with a boundary (RFC 2046 section 5.1.1).
  public static func boundary(contentType: String) -> String? {
    guard let value = ParameterizedValue(contentType), value.word == "multipart/form-data" else { return nil }
    guard let boundary = value.parameters["boundary"], (1...70).contains(boundary.utf8.count), boundary.last != " " else { return nil }
    return boundary.utf8.allSatisfy { $0.isAlphanumeric || "'()+_,-./:=? ".utf8.contains($0) } ? boundary : nil
  }

  /// Reads the form in a whole body. Throws `malformed` for one that breaks the syntax or a bound, or has no end.
  public static func read(_ source: any ByteSource, boundary: String) throws(MediaError) -> MultipartForm {
    var reader = ByteReader(source)
    let delimiter = Delimiter(boundary)
    var file: MultipartForm.File?
    var hasMoreFiles = false
    var fields: [String: String] = [:]
    guard try delimiter.findFirst(&reader) else { throw .malformed("The form has no parts.") }
    for _ in 0...partsMax {
      if try delimiter.isClosing(&reader) {
        return MultipartForm(file: file, hasMoreFiles: hasMoreFiles, fields: fields)
      }
      let headers = try PartHeaders(&reader)
      let start = reader.offset
      let end = try delimiter.findNext(&reader)
      guard let filename = headers.filename else {
        let text = try field(&reader, start..<end)
        if fields[headers.name] == nil { fields[headers.name] = text }
        continue
      }
      // What a browser sends for a file that nobody chose.
      if filename.isEmpty, start == end { continue }
      hasMoreFiles = file != nil
      let part = MultipartForm.File(name: headers.name, filename: filename, mediaType: headers.mediaType, content: start..<end)
      file = file ?? part
    }
    throw .malformed("The form has more than \(partsMax) parts.")
  }

  /// The text of a field; the reader stays.
  private static func field(_ reader: inout ByteReader, _ range: Range<Int>) throws(MediaError) -> String {
    guard range.count <= fieldBytesMax else { throw .malformed("A field of the form is longer than \(fieldBytesMax) bytes.") }
    let back = reader.offset
    try reader.seek(to: range.lowerBound)
    let bytes = try reader.bytes(range.count)
    try reader.seek(to: back)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("A field of the form is not UTF-8.") }
    return text
  }
}

/// The line between the parts of a form: CRLF, two hyphens, the boundary, perhaps white space, CRLF or two hyphens.
private struct Delimiter {
  private let bytes: [UInt8]
  private static let paddingMax = 64

  init(_ boundary: String) {
    bytes = Array("\r\n--".utf8) + boundary.utf8
  }

  /// Goes behind the boundary of the first delimiter, which needs no line before it; false if there is none.
  func findFirst(_ reader: inout ByteReader) throws(MediaError) -> Bool {
    if try reader.matches(bytes.dropFirst(2), at: 0), try isEnded(&reader, at: bytes.count - 2) {
      try reader.seek(to: bytes.count - 2)
      return true
    }
    return try find(&reader) != nil
  }

  /// Goes behind the boundary of the next delimiter. Returns where it begins: there the part ends.
  func findNext(_ reader: inout ByteReader) throws(MediaError) -> Int {
    guard let place = try find(&reader) else { throw .malformed("The form ends within a part.") }
    return place
  }

  private func find(_ reader: inout ByteReader) throws(MediaError) -> Int? {
    while try reader.find(bytes[0]) {
      let place = reader.offset
      if try reader.matches(bytes, at: place), try isEnded(&reader, at: place + bytes.count) {
        try reader.seek(to: place + bytes.count)
        return place
      }
      // No other one can begin within it: the boundary has no carriage return.
      try reader.skip(1)
    }
    return nil
  }

  /// Whether the delimiter ends here. The boundary may be the beginning of a longer one, which is content.
  private func isEnded(_ reader: inout ByteReader, at place: Int) throws(MediaError) -> Bool {
    let back = reader.offset
    defer { reader.stay(at: back) }
    if try reader.matches("--".utf8, at: place) { return true }
    try reader.seek(to: place)
    try skipPadding(&reader)
    return try reader.matches("\r\n".utf8, at: reader.offset)
  }

  /// Reads what follows the boundary. Returns whether this is the form's end.
  func isClosing(_ reader: inout ByteReader) throws(MediaError) -> Bool {
    if try reader.matches("--".utf8, at: reader.offset) { return true }
    try skipPadding(&reader)
    try reader.skip(2)
    return false
  }

  private func skipPadding(_ reader: inout ByteReader) throws(MediaError) {
    for _ in 0..<Self.paddingMax {
      guard try reader.matches(" ".utf8, at: reader.offset) ? true : try reader.matches("\t".utf8, at: reader.offset) else { return }
      try reader.skip(1)
    }
  }
}
