// Reads a file and writes parts of it to another.

struct CopyingReader {
  var reader: ByteReader
  let output: Output

  init(_ source: any ByteSource, _ sink: any ByteSink) {
    reader = ByteReader(source)
    output = Output(sink: sink)
  }

  /// Writes the next bytes of the source.
  mutating func copy(_ count: Int) throws(MediaError) {
    let output = output
    try reader.forEachPart(count) { part throws(MediaError) in try output.put(part) }
  }

  /// Writes the bytes of a range of the source, and leaves the reader at its end.
  mutating func copy(_ range: Range<Int>) throws(MediaError) {
    try reader.seek(to: range.lowerBound)
    try copy(range.count)
  }
}

/// Bytes of a source that are replaced by as many others.
struct Edit {
  let range: Range<Int>
  /// What is written at the range's beginning; zeros follow.
  let bytes: [UInt8]
}

extension CopyingReader {
  /// Writes the whole source with these replacements, which may come in any order and must not overlap.
  mutating func copyAll(replacing edits: [Edit]) throws(MediaError) {
    var place = 0
    for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      guard edit.range.lowerBound >= place else { throw .malformed("Two parts of the file's metadata overlap.") }
      try copy(place..<edit.range.lowerBound)
      let bytes = edit.bytes.prefix(edit.range.count)
      try output.put(bytes)
      try output.writeZeros(edit.range.count - bytes.count)
      place = edit.range.upperBound
    }
    try copy(place..<reader.end)
  }
}

/// What is written, apart from the reader: a part of its window can be written while it is read.
struct Output {
  fileprivate let sink: any ByteSink

  /// Writes bytes that are not in the source as they are.
  func write(_ bytes: [UInt8]) throws(MediaError) {
    try put(bytes[...])
  }

  func writeZeros(_ count: Int) throws(MediaError) {
    let zeros = [UInt8](repeating: 0, count: min(count, ByteReader.windowBytes))
    var rest = count
    while rest > 0 {
      try put(zeros.prefix(rest))
      rest -= min(rest, zeros.count)
    }
  }

  func put(_ bytes: ArraySlice<UInt8>) throws(MediaError) {
    do { try sink.write(bytes) } catch { throw .failed(error) }
  }
}
