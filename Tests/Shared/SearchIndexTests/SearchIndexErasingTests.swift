// Words that no message has any more leave the index.
import Domain
import SQL
import SearchIndex
import TestSupport
import Testing
import TextSearch

@Suite struct SearchIndexErasingTests {
  private let directory = TemporaryDirectory()
  private let writer: SearchIndexWriter
  private let index: Database

  init() throws {
    let path = directory.path + "/search.db"
    writer = try SearchIndexWriter(path: path)
    try writer.begin(SearchIndex.State(epoch: "e", name: "i", indexedThrough: 0, filledThrough: nil, editedThrough: 0))
    index = try Database(path: path, access: .reader)
  }

  private func write(_ contents: [Int64: String?], deletedRooms: [RoomRowID] = []) throws {
    let entries = contents.sorted { $0.key < $1.key }.map { position, content in
      SearchIndexWriter.Entry(row: 1 << 32 | position, position: position, author: UserRowID(1), content: content)
    }
    let state = SearchIndex.State(
      epoch: "e", name: "i", indexedThrough: contents.keys.max() ?? 0, filledThrough: nil, editedThrough: 0)
    try writer.index(entries, deletedRooms: deletedRooms, state: state)
  }

  private func eraseAll() throws {
    while case .more = try writer.eraseNext() {}
  }

  private func terms() throws -> Set<String> { Set(try index.all("SELECT term FROM terms") { $0.text(0) }) }

  /// Whether the bytes of the index of pieces have two letters: of a trigram, the first may be stored once for several.
  private func hasPiece(_ text: String) throws -> Bool {
    try index.first("SELECT 1 FROM term_pieces_data WHERE instr(block, CAST(? AS BLOB)) > 0", .text(text)) { _ in true } ?? false
  }

  @Test func `a word goes with its last message, and its pieces with it`() throws {
    try write([1: "garden ქართველი", 2: "garden gate", 3: "ქართველი"])
    #expect(try hasPiece("ელ"))
    try write([1: nil])
    try eraseAll()
    #expect(try terms() == ["garden", "gate", "ქართველი"])
    try write([3: "gate"])
    try eraseAll()
    #expect(try terms() == ["garden", "gate"])
    #expect(try !hasPiece("ელ") && !hasPiece("არ"))
    #expect(try writer.eraseNext() == .done)
  }

  @Test func `the words of a deleted room go, and a word that comes back is found`() throws {
    try write([1: "alpha beta", 2: "beta gamma"])
    try write([:], deletedRooms: [RoomRowID(1)])
    try eraseAll()
    #expect(try terms() == [])
    // Numbers are given anew: the writer must not remember the old ones.
    try write([3: "delta", 4: "gamma"])
    #expect(try terms() == ["delta", "gamma"])
    for (word, position) in [("delta", Int64(3)), ("gamma", 4)] {
      let groups = try #require(try SearchIndex.groups(SearchQuery(word), fuzzy: false, index))
      var walk = try PostingsIntersection(groups, rooms: [RoomRowID(1)], in: 0...10, index)
      #expect(try walk.next(stepsMax: .max) == [position])
    }
    // FTS5's own check, of the terms too.
    let other = try Database(path: directory.path + "/search.db", access: .indexer)
    try other.run("INSERT INTO term_pieces (term_pieces, rank) VALUES ('integrity-check', 1)")
  }

  @Test func `the words of many messages are erased in bounded steps`() throws {
    let count = Int64(3 * SearchIndexWriter.erasedMax)
    try write(Dictionary(uniqueKeysWithValues: (1...count).map { ($0, "word\($0)") }))
    try write(Dictionary(uniqueKeysWithValues: (1...count).map { ($0, nil) }))
    var left = try terms().count
    #expect(left == Int(count))
    while left > 0 {
      guard case .more = try writer.eraseNext() else { break }
      let now = try terms().count
      #expect(left - now == SearchIndexWriter.erasedMax)
      left = now
    }
    #expect(left == 0)
  }
}
