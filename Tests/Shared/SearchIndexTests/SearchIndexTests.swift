// The full-text index against reading every message.
import Domain
import SQL
import SearchIndex
import TestSupport
import Testing
import TextSearch

@Suite struct SearchIndexTests {
  private struct Document {
    let row: Int64
    let author: Int64
    var words: Set<String>
  }

  private let directory = TemporaryDirectory()
  private var path: String { directory.path + "/search.db" }

  /// Everything that is in the index, beside the path to it.
  private struct IndexFixture {
    let indexer: SearchIndexWriter
    let index: Database
    var documents: [Int64: Document] = [:]
    var state: SearchIndex.State

    init(_ path: String) throws {
      indexer = try SearchIndexWriter(path: path)
      state = SearchIndex.State(epoch: "e", name: "i", indexedThrough: 0, filledThrough: nil, editedThrough: 0)
      try indexer.begin(state)
      index = try Database(path: path, access: .reader)
    }

    mutating func take(_ positions: [Int64], deletedRooms: [RoomRowID] = []) throws {
      state.indexedThrough = max(state.indexedThrough, positions.max() ?? 0)
      let entries = positions.compactMap { position in
        documents[position].map {
          SearchIndexWriter.Entry(
            row: $0.row, position: position, author: UserRowID($0.author),
            content: $0.words.isEmpty ? nil : $0.words.sorted().joined(separator: " "))
        }
      }
      try indexer.index(entries, deletedRooms: deletedRooms, state: state)
    }

    /// What reading everything finds, newest first.
    func read(_ words: [String], by author: Int64?, in rooms: Set<Int64>, _ range: ClosedRange<Int64>) -> [Int64] {
      documents.filter { position, document in
        range.contains(position) && rooms.contains(document.row >> 32) && !document.words.isEmpty
          && (author == nil || document.author == author)
          && words.allSatisfy(document.words.contains)
      }.keys.sorted(by: >)
    }

    /// What the index finds, in walks that each may ask `stepsMax` questions.
    func walk(
      _ words: [String], by author: Int64?, in rooms: Set<Int64>, _ range: ClosedRange<Int64>, stepsMax: Int = .max
    ) throws -> [Int64] {
      guard var groups = try SearchIndex.groups(SearchQuery(words.joined(separator: " ")), fuzzy: false, index) else { return [] }
      if let author { groups.append([.author(UserRowID(author))]) }
      var found: [Int64] = []
      var range = range
      while true {
        var walk = try PostingsIntersection(groups, rooms: rooms.map { RoomRowID($0) }, in: range, index)
        while let positions = try walk.next(stepsMax: stepsMax) {
          // Of many rooms, only blocks with many proposals are compared with them.
          found += try positions.filter { rooms.contains((try SearchIndex.messageRow(at: $0, index) ?? 0) >> 32) }
        }
        guard let scannedThrough = walk.scannedThrough, scannedThrough > range.lowerBound else { return found }
        range = range.lowerBound...(scannedThrough - 1)
      }
    }

    /// What `documents` says against what the lists of terms say: the same, with nothing left over.
    func check() throws {
      let sealed = try index.first("SELECT sealed_blocks FROM state") { $0.integer(0) } ?? 0
      var lists = Set<[Int64]>()
      func list(_ term: Int64, _ start: Int64, _ bytes: [UInt8]) {
        if bytes.count == 8192 {
          for offset in 0..<65536 where bytes[offset / 8] >> (offset % 8) & 1 == 1 { lists.insert([start + Int64(offset), term]) }
        } else {
          for pair in stride(from: 0, to: bytes.count, by: 2) {
            lists.insert([start + Int64(bytes[pair]) + Int64(bytes[pair + 1]) << 8, term])
          }
        }
      }
      try index.forEach("SELECT key >> 24, key & 0xffffff, offsets FROM postings") { row in
        #expect(row.integer(1) < sealed)
        list(row.integer(0), row.integer(1) << 16, row.bytes(2))
      }
      try index.forEach("SELECT key & ((1 << 40) - 1), key >> 40, offsets FROM unsealed") { row in
        #expect(row.integer(1) >= sealed)
        list(row.integer(0), row.integer(1) << 16, row.bytes(2))
      }
      var stored = Set<[Int64]>()
      try index.forEach("SELECT position, terms FROM documents") { row in
        var (term, difference, shift) = (Int64(0), Int64(0), Int64(0))
        for byte in row.bytes(1) {
          difference |= Int64(byte & 0x7f) << shift
          shift += 7
          if byte < 0x80 {
            term += difference
            stored.insert([row.integer(0), term])
            (difference, shift) = (0, 0)
          }
        }
      }
      let (missing, leftOver) = (stored.subtracting(lists).count, lists.subtracting(stored).count)
      #expect(missing == 0 && leftOver == 0)
      #expect(try index.first("SELECT count(*) FROM documents") { $0.integer(0) } == Int64(documents.values.count { !$0.words.isEmpty }))
    }
  }

  @Test func `new terms of one transaction are written out together`() throws {
    var fixture = try IndexFixture(path)
    for position in Int64(1)...100 {
      fixture.documents[position] = Document(row: 1 << 32 | position, author: 1, words: ["unique\(position)"])
    }
    try fixture.take(Array(1...100))
    // FTS5 makes a segment each time it writes out what it has collected.
    #expect(try fixture.index.first("SELECT count(DISTINCT segid) FROM term_pieces_idx") { $0.integer(0) } == 1)
  }

  @Test(arguments: [1, 3, 40]) func `the index finds what a full scan finds, in one room or in many, after edits and deletions`(
    _ roomCount: Int
  ) throws {
    var random = SplitMix(seed: UInt64(roomCount))
    var fixture = try IndexFixture(path)
    // The first are in every other message, the last in few; positions leave gaps, as other events are in between.
    let words = (1...60).map { "word\($0)x" }
    func some() -> Set<String> { Set((0..<5).map { _ in words[min(random.int(0...59), random.int(0...59), random.int(0...59))] }) }
    var position: Int64 = 0
    for batch in 0..<40 {
      var positions: [Int64] = []
      for _ in 0..<100 {
        position += Int64(random.int(1...240))
        let row = Int64(random.int(1...roomCount)) << 32 | position
        fixture.documents[position] = Document(row: row, author: Int64(random.int(1...3)), words: some())
        positions.append(position)
      }
      for _ in 0..<5 {
        let changed = random.pick(fixture.documents.keys.sorted())
        fixture.documents[changed]?.words = random.int(0...2) == 0 ? [] : some()
        positions.append(changed)
      }
      try fixture.take(Array(Set(positions)))
      // Twice is once.
      if batch % 10 == 3 { try fixture.take(Array(Set(positions))) }
    }
    try fixture.check()
    let sealed = try fixture.index.first("SELECT count(*) FROM postings") { $0.integer(0) } ?? 0
    let fresh = try fixture.index.first("SELECT count(*) FROM unsealed") { $0.integer(0) } ?? 0
    #expect(sealed > 0 && fresh > 0)

    func compare() throws {
      var hits = 0
      for _ in 0..<80 {
        let wanted = (0..<random.int(1...3)).map { _ in words[min(random.int(0...59), random.int(0...59))] }
        let author = random.int(0...2) == 0 ? Int64(random.int(1...3)) : nil
        let rooms = Set((0..<random.int(1...roomCount)).map { _ in Int64(random.int(1...roomCount)) })
        let ends = [Int64(random.int(0...Int(position))), Int64(random.int(0...Int(position)))].sorted()
        let range = random.int(0...1) == 0 ? 0...Int64.max : ends[0]...ends[1]
        let read = fixture.read(Array(Set(wanted)), by: author, in: rooms, range)
        for stepsMax in [1, 20, .max] {
          let isSame = try fixture.walk(Array(Set(wanted)), by: author, in: rooms, range, stepsMax: stepsMax) == read
          #expect(isSame, "\(wanted) by \(author ?? 0) in \(rooms), \(stepsMax) steps")
        }
        hits += read.count
      }
      #expect(hits > 100)
    }
    try compare()

    // A room goes, of old and of new blocks alike.
    try fixture.take([], deletedRooms: [RoomRowID(1)])
    for (position, document) in fixture.documents where document.row >> 32 == 1 { fixture.documents[position]?.words = [] }
    try fixture.check()
    if roomCount > 1 { try compare() }
  }

  @Test func `a term in every message of a block is found in each`() throws {
    var fixture = try IndexFixture(path)
    // Too many for a list in the first block, in batches that make one long and in one that is long at once; then few up to the fifth.
    let positions = Array(1...Int64(10_000)).filter { $0 % 10 != 0 } + (1...10).map { $0 * 33_000 }
    for position in positions { fixture.documents[position] = Document(row: 1 << 32 | position, author: 1, words: ["all"]) }
    for batch in [positions[..<3000], positions[3000..<3100], positions[3100..<8500], positions[8500...]] { try fixture.take(Array(batch)) }
    let read = fixture.read(["all"], by: nil, in: [1], 0...Int64.max)
    let isSame = try fixture.walk(["all"], by: 1, in: [1], 0...Int64.max) == read
    #expect(isSame)
    // Deleting makes a list of the bits again, when few are left.
    let gone = Array(positions[..<5500])
    for position in gone { fixture.documents[position]?.words = [] }
    try fixture.take(gone)
    try fixture.check()
    let isSameLater = try fixture.walk(["all"], by: 1, in: [1], 0...Int64.max) == fixture.read(["all"], by: nil, in: [1], 0...Int64.max)
    #expect(isSameLater)
  }
}
