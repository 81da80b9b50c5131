// The headers of a part of a form.

/// Name, file name and media type (RFC 7578 section 4.2 to 4.4).
struct PartHeaders {
  let name: String
  /// Nil for a text field.
  let filename: String?
  let mediaType: String?

  /// Reads up to and with the empty line.
  init(_ reader: inout ByteReader) throws(MediaError) {
    var disposition: ParameterizedValue?
    var mediaType: String?
    var bytesLeft = MultipartFormReader.headerBytesMax
    var count = 0
    while let (name, value) = try Self.header(&reader, &bytesLeft) {
      count += 1
      guard count <= MultipartFormReader.headersMax else { throw .malformed("A part of the form has too many headers.") }
      switch name {
      case "content-disposition":
        guard disposition == nil, let parsed = ParameterizedValue(value), parsed.word == "form-data" else {
          throw .malformed("A part of the form has no sound Content-Disposition.")
        }
        disposition = parsed
      case "content-type": mediaType = value
      case "content-transfer-encoding":
        // No browser encodes a part; anyone who does would find a file stored that is not theirs.
        guard ["7bit", "8bit", "binary"].contains(value.lowercased()) else {
          throw .malformed("A part of the form is encoded, which is not supported.")
        }
      default: break
      }
    }
    guard let disposition, let name = disposition.parameters["name"] else { throw .malformed("A part of the form has no name.") }
    self.name = name
    self.mediaType = mediaType
    filename = disposition.parameters["filename*"].flatMap(ExtendedValue.decode) ?? disposition.parameters["filename"]
  }

  /// One header, its name in lower case; nil at the empty line.
  private static func header(_ reader: inout ByteReader, _ bytesLeft: inout Int) throws(MediaError) -> (name: String, value: String)? {
    var line: [UInt8] = []
    while true {
      let byte = try reader.byte()
      bytesLeft -= 1
      guard bytesLeft >= 0 else { throw .malformed("The headers of a part of the form are too long.") }
      if byte == UInt8(ascii: "\r") {
        guard try reader.byte() == UInt8(ascii: "\n") else { throw .malformed("A header in the form has a lone carriage return.") }
        break
      }
      guard byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t") else {
        throw .malformed("A header in the form has a control character.")
      }
      line.append(byte)
    }
    if line.isEmpty { return nil }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), line[..<colon].allSatisfy({ $0.isAlphanumeric || $0 == UInt8(ascii: "-") }),
      colon > 0
    else { throw .malformed("A part of the form has a header without a name.") }
    // A name that is not UTF-8 shows the replacement character where it is not.
    let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
    return (String(decoding: line[..<colon], as: UTF8.self).lowercased(), value.trimmingASCIISpace())
  }
}
