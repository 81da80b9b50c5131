// A group is bounded in bytes: what does not fit goes into the next transaction.
import Domain
import Posix
import SQL
import TestSupport
import Testing

@Suite struct GroupBytesTests {
  private struct Oops: Error {}

  private static let blobBytes = 1 << 20

  @Test func `operations with many bytes are committed in several groups, in order, and each succeeds or fails by itself`() throws {
    let commits = Condition(0)
    let store = try TemporaryDatabase { _ in commits.update { $0 += 1 } }
    try store.write { try $0.database.runScript("CREATE TABLE blobs (id INTEGER PRIMARY KEY, b BLOB) STRICT") }
    let plug = GroupCommitTests.Plug(store.writer)
    let before = commits.update { $0 }
    let outcomes = Condition<[String]>([])
    for id in 0..<64 {
      store.writer.submit { transaction -> Void in
        let blob = [UInt8](repeating: UInt8(id), count: Self.blobBytes)
        try transaction.database.run("INSERT INTO blobs (id, b) VALUES (?, ?)", .integer(Int64(id)), .blob(blob))
        if id % 10 == 7 { throw Oops() }
      } completion: { result in
        let outcome = if case .success = result { "kept" } else { "failed" }
        outcomes.update { $0.append("\(id) \(outcome)") }
      }
    }
    plug.pull()
    _ = outcomes.wait { $0.count == 64 ? true : nil }
    store.writer.stop()
    #expect(outcomes.update { $0 } == (0..<64).map { "\($0) " + ($0 % 10 == 7 ? "failed" : "kept") })
    // The plug's own group, then 64 MiB of at most 17 MiB each.
    #expect(commits.update { $0 } - before == 1 + 4)
    let kept = try store.read { try $0.all("SELECT id FROM blobs ORDER BY id") { Int($0.integer(0)) } }
    #expect(kept == (0..<64).filter { $0 % 10 != 7 })
  }

  @Test func `usual operations are as many to a group as before`() throws {
    let commits = Condition(0)
    let store = try TemporaryDatabase { _ in commits.update { $0 += 1 } }
    let alice = try store.addUser("alice")
    let room = try store.addRoom("lobby", by: alice)
    let plug = GroupCommitTests.Plug(store.writer)
    let before = commits.update { $0 }
    let done = Condition(0)
    for number in 0..<GroupCommit.groupMax {
      store.writer.submit {
        try TemporaryDatabase.post(to: room, by: alice, clientID: try ClientID("m\(number)"), fingerprint: 1, $0)
      } completion: { _ in
        done.update { $0 += 1 }
      }
    }
    plug.pull()
    _ = done.wait { $0 == GroupCommit.groupMax ? true : nil }
    store.writer.stop()
    #expect(commits.update { $0 } - before == 2, "the plug's own group, and one")
  }
}
