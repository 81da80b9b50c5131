// Reads a file and writes parts of it to another.

struct CopyingReader {
  var reader: ByteReader
  private let sink: any ByteSink

  init(_ source: any ByteSource, _ sink: any ByteSink) {
    reader = ByteReader(source)
    self.sink = sink
  }

  /// Writes bytes that are not in the source as they are.
  func write(_ bytes: some Collection<UInt8>) throws(MediaError) {
    try put(Array(bytes)[...])
  }

  /// Writes the next bytes of the source.
  mutating func copy(_ count: Int) throws(MediaError) {
    let this = self
    try reader.forEachPart(count) { part throws(MediaError) in try this.put(part) }
  }

  /// Writes the bytes of a range of the source, and leaves the reader at its end.
  mutating func copy(_ range: Range<Int>) throws(MediaError) {
    try reader.seek(to: range.lowerBound)
    try copy(range.count)
  }

  func put(_ bytes: ArraySlice<UInt8>) throws(MediaError) {
    do { try sink.write(bytes) } catch { throw .failed(error) }
  }
}
