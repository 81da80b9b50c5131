// Read markers and their updates.
import Domain
import TestSupport
import Testing

@Suite struct ReadMarkersTests {
  private static func update(_ delivered: Int64?, _ preview: Int64?, _ read: Int64?) throws -> ReadMarkersUpdate {
    try ReadMarkersUpdate(deliveredSeq: delivered, previewSeq: preview, readSeq: read)
  }

  private static func raised(_ markers: ReadMarkers, _ delivered: Int64?, _ preview: Int64?, _ read: Int64?, upTo last: Int64) throws
    -> ReadMarkers
  {
    var markers = markers
    markers.advance(try update(delivered, preview, read), upTo: last)
    return markers
  }

  @Test func `a read message is also previewed, and a previewed one also delivered`() throws {
    let none = ReadMarkers(deliveredSeq: 0, previewSeq: 0, readSeq: 0)
    #expect(try Self.raised(none, nil, nil, 7, upTo: 9) == ReadMarkers(deliveredSeq: 7, previewSeq: 7, readSeq: 7))
    #expect(try Self.raised(none, nil, 7, nil, upTo: 9) == ReadMarkers(deliveredSeq: 7, previewSeq: 7, readSeq: 0))
    #expect(try Self.raised(none, 7, nil, nil, upTo: 9) == ReadMarkers(deliveredSeq: 7, previewSeq: 0, readSeq: 0))
    #expect(try Self.raised(none, 1, 2, 3, upTo: 9) == ReadMarkers(deliveredSeq: 3, previewSeq: 3, readSeq: 3))
  }

  @Test func `a marker never moves backward or beyond the newest message`() throws {
    let markers = ReadMarkers(deliveredSeq: 6, previewSeq: 5, readSeq: 4)
    #expect(try Self.raised(markers, 0, 1, 3, upTo: 9) == markers)
    #expect(try Self.raised(markers, nil, nil, .max, upTo: 9) == ReadMarkers(deliveredSeq: 9, previewSeq: 9, readSeq: 9))
    // Markers beyond the newest message never move backward.
    #expect(try Self.raised(markers, nil, nil, 5, upTo: 2) == markers)
  }

  @Test func `markers move forward only, stay ordered and end at the furthest, in any order of updates`() throws {
    var random = SplitMix(seed: 11)
    for _ in 0..<300 {
      let last = random.int64(0...20)
      var markers = ReadMarkers(deliveredSeq: 0, previewSeq: 0, readSeq: 0)
      var merged: ReadMarkersUpdate?
      for _ in 0..<random.int(1...8) {
        let parts = (0..<3).map { _ in random.int(0...2) == 0 ? nil : random.int64(0...25) }
        guard let update = try? Self.update(parts[0], parts[1], parts[2]) else { continue }
        let before = markers
        markers.advance(update, upTo: last)
        #expect(markers.readSeq >= before.readSeq && markers.previewSeq >= before.previewSeq && markers.deliveredSeq >= before.deliveredSeq)
        #expect(markers.readSeq <= markers.previewSeq && markers.previewSeq <= markers.deliveredSeq && markers.deliveredSeq <= last)
        merged?.merge(update)
        if merged == nil { merged = update }
      }
      var atOnce = ReadMarkers(deliveredSeq: 0, previewSeq: 0, readSeq: 0)
      if let merged { atOnce.advance(merged, upTo: last) }
      #expect(atOnce == markers, "merged first or one by one: the same")
    }
  }

  @Test func `a message has the furthest state that covers it`() {
    let markers = ReadMarkers(deliveredSeq: 6, previewSeq: 5, readSeq: 4)
    #expect((4...7).map { markers.state(of: $0) } == [.read, .previewRead, .delivered, nil])
    #expect(ReceiptState.allCases.map { markers.seq(of: $0) } == [6, 5, 4])
  }

  @Test func `an update without markers, or with a negative one, is refused by name`() {
    #expect(refusal { try Self.update(nil, nil, nil) }?.fields.map(\.code) == ["missing"])
    #expect(refusal { try Self.update(-1, nil, nil) }?.fields.map(\.field) == ["delivered_seq"])
    #expect(refusal { try Self.update(1, .min, nil) }?.fields.map(\.field) == ["preview_seq"])
    #expect(refusal { try Self.update(nil, nil, -7) }?.fields.map(\.field) == ["read_seq"])
  }
}
