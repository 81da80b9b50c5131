// Copies a JPEG without its application segments and comments.

extension JPEG {
  /// Keeps frames, tables and scans, ICC profiles (APP2), Adobe's colour transform (APP14), JFIF's density and the orientation.
  static func strip(_ copy: inout CopyingReader) throws(MediaError) {
    let head = try head(&copy.reader)
    try start(&copy.reader)
    try copy.output.write([0xFF, Marker.startOfImage])
    // Without JFIF a decoder would guess the colours from the numbers of the components. Its thumbnail goes.
    if let jfif = head.jfif { try writeSegment(Marker.app0, jfif + [0, 0], copy.output) }
    if let orientation = head.orientation, !orientation.isUpright {
      try writeSegment(Marker.app1, exifPrefix + [0] + orientation.tiff, copy.output)
    }
    var hasScan = false
    while true {
      let segment = try nextSegment(&copy.reader)
      switch segment.marker {
      case Marker.endOfImage:
        guard hasScan else { throw .malformed("The JPEG ends before its picture.") }
        return try copy.output.write([0xFF, Marker.endOfImage])
      case Marker.startOfScan:
        hasScan = true
        try copySegment(segment, &copy)
        try copyScan(&copy)
      case let marker where Marker.isFrame(marker) && hasScan:
        throw .malformed("The JPEG has two frames.")
      case let marker where Marker.isFrame(marker) || Marker.isTable(marker):
        try copySegment(segment, &copy)
      case Marker.app2:
        if try copy.reader.matches(iccPrefix, at: segment.payload.lowerBound) { try copySegment(segment, &copy) }
      case Marker.app14 where segment.payload.count >= adobeBytes:
        // What may follow is no part of it.
        if try copy.reader.matches(adobePrefix, at: segment.payload.lowerBound) {
          try writeSegment(Marker.app14, try copy.reader.bytes(adobeBytes), copy.output)
        }
      default: break
      }
      if segment.marker != Marker.startOfScan { try copy.reader.seek(to: segment.payload.upperBound) }
    }
  }

  /// `Adobe`, version, flags, flags, transform.
  private static let adobeBytes = 12

  private static func copySegment(_ segment: Segment, _ copy: inout CopyingReader) throws(MediaError) {
    try copy.output.write([0xFF, segment.marker])
    try copy.copy(segment.payload.lowerBound - 2..<segment.payload.upperBound)
  }

  private static func writeSegment(_ marker: UInt8, _ payload: [UInt8], _ output: Output) throws(MediaError) {
    let length = UInt16(truncatingIfNeeded: payload.count + 2)
    try output.write([0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + payload)
  }

  /// Copies the coded data that follow a scan's header, up to the next marker: in them FF is followed by 00, or by the number of a restart.
  private static func copyScan(_ copy: inout CopyingReader) throws(MediaError) {
    let start = copy.reader.offset
    while try copy.reader.find(0xFF) {
      let markerStart = copy.reader.offset
      var next: UInt8 = 0xFF
      while next == 0xFF { next = try copy.reader.byte() }
      if next == 0 || Marker.isRestart(next) { continue }
      return try copy.copy(start..<markerStart)
    }
    throw .truncated
  }
}
