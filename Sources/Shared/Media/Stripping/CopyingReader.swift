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

/// What is written, apart from the reader: a part of its window can be written while it is read.
struct Output {
  fileprivate let sink: any ByteSink

  /// Writes bytes that are not in the source as they are.
  func write(_ bytes: [UInt8]) throws(MediaError) {
    try put(bytes[...])
  }

  func put(_ bytes: ArraySlice<UInt8>) throws(MediaError) {
    do { try sink.write(bytes) } catch { throw .failed(error) }
  }
}
