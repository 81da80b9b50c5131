// What uploads are read with: pictures, forms, names of files.
import Media

/// A picture that is taken has the size that was told, and nothing to strip when it has been stripped.
func fuzzPicture(_ input: [UInt8]) {
  guard let type = try? FileType.detect(MemorySource(input)) else { fatalError("no type") }
  let size = try? ImageSize.read(MemorySource(input), type)
  guard let stripped = strip(input, type) else { return }
  precondition(MetadataStripper.strips(type) || stripped == input, "a file of which nothing is known was changed")
  guard MetadataStripper.strips(type) else { return }
  precondition(stripped.count <= input.count + 64, "a copy is larger than the picture")
  precondition((try? FileType.detect(MemorySource(stripped))) == type, "stripping changed the type")
  precondition(strip(stripped, type) == stripped, "stripping twice is not stripping once")
  guard type.kind == .image else { return }
  guard let size, let sizeLeft = try? ImageSize.read(MemorySource(stripped), type) else { fatalError("a picture without a size") }
  precondition(size == sizeLeft || !size.isWithinLimits, "stripping changed the size")
}

private func strip(_ input: [UInt8], _ type: FileType) -> [UInt8]? {
  let sink = MemorySink()
  do {
    try MetadataStripper.strip(MemorySource(input), type, into: sink)
    return sink.bytes
  } catch .malformed {
    return nil
  } catch {
    fatalError("\(error)")
  }
}

/// A file lies between the empty line behind its headers and a boundary.
func fuzzForm(_ input: [UInt8]) {
  fuzzName(input)
  let head = String(decoding: input.prefix(200), as: UTF8.self)
  if let boundary = MultipartFormReader.boundary(contentType: head) { precondition((1...70).contains(boundary.utf8.count)) }
  guard let form = try? MultipartFormReader.read(MemorySource(input), boundary: "xyz"), let file = form.file else { return }
  precondition(input[..<file.content.lowerBound].suffix(4).elementsEqual("\r\n\r\n".utf8), "no empty line before the file")
  precondition(input[file.content.upperBound...].starts(with: "\r\n--xyz".utf8), "no boundary behind the file")
  precondition(form.fields.count <= MultipartFormReader.partsMax)
}

/// A name that has been cleaned is clean, and never leaves its header.
func fuzzName(_ input: [UInt8]) {
  let name = FileName.cleaned(String(decoding: input, as: UTF8.self))
  precondition(!name.isEmpty && name.utf8.count <= FileName.bytesMax && !name.contains("/") && !name.contains("\\"))
  precondition(FileName.cleaned(name).unicodeScalars.elementsEqual(name.unicodeScalars), "cleaning twice is not cleaning once")
  let value = ContentDisposition.value(name: name, isInline: false)
  precondition(value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "a header with other bytes")
  let declared = String(decoding: input.prefix(150), as: UTF8.self)
  if let kind = try? MediaKind(declared: declared, type: .text) {
    precondition(kind.mediaType.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }, "a media type with other bytes")
  }
}
