// Uploads: what is received, recorded, counted and swept, with bodies that come in pieces of any size and break off anywhere.
@testable import Chat
import Configuration
import Domain
import Glibc
import Posix
import SQL
import Store
import TestSupport
import Testing
import Wire

@Suite struct UploadsTests {
  /// A body that comes in pieces of `size` and, after `breaksAt` bytes, breaks off.
  private static func upload(
    _ bytes: [UInt8], _ contentType: String? = nil, name: String? = "a.txt", size: Int = 7, breaksAt: Int? = nil
  ) -> Upload {
    var rest = bytes[...]
    return Upload(contentType: contentType, filename: name, length: bytes.count) { buffer in
      if let breaksAt, bytes.count - rest.count >= breaksAt { throw ChatError(.malformedRequest, "broken off") }
      let piece = rest.prefix(min(size, buffer.count))
      buffer.replaceSubrange(0..<piece.count, with: piece)
      rest = rest.dropFirst(piece.count)
      return piece.count
    }
  }

  private static func files(_ fixture: ChatFixture) -> [String] {
    let directory = fixture.chat.settings.filesDirectory
    return fileNames(in: directory).flatMap { prefix in fileNames(in: "\(directory)/\(prefix)").map { "\(prefix)/\($0)" } }
  }

  @Test func `a file is what came, in whatever pieces, and its name is clean`() throws {
    let fixture = try ChatFixture()
    for size in [1, 7, 16_384] {
      let file = try fixture.chat.receiveFile(Self.upload(Array("hello".utf8), name: "../x/a.txt", size: size), by: fixture.alice.principal)
      #expect(file.name == "a.txt" && file.size == 5 && file.mediaType == "text/plain" && !file.hasThumbnail)
      let path = "\(fixture.chat.settings.filesDirectory)/\(file.id.text.prefix(2))/\(file.id.text.dropFirst(2))"
      #expect(try TextFile.read(path) == "hello")
    }
    #expect(Self.files(fixture).count == 3)
  }

  @Test func `a body that breaks off leaves nothing`() throws {
    let fixture = try ChatFixture()
    for breaksAt in [0, 5, 90] {
      let upload = Self.upload([UInt8](repeating: 1, count: 100), breaksAt: breaksAt)
      #expect(refusal { try fixture.chat.receiveFile(upload, by: fixture.alice.principal) }?.code == .malformedRequest)
    }
    #expect(Self.files(fixture) == [])
  }

  @Test func `what a session that has ended uploads is not recorded`() throws {
    let fixture = try ChatFixture()
    try fixture.chat.logOut(fixture.alice.principal)
    #expect(refusal { try fixture.chat.receiveFile(Self.upload([1, 2, 3]), by: fixture.alice.principal) }?.code == .unauthenticated)
    #expect(Self.files(fixture) == [])
  }

  @Test func `quotas count what files take of the disk, in blocks`() throws {
    let fixture = try ChatFixture { $0.files.limits.perUserBytes = 2 * 4096 }
    for _ in 0..<2 { _ = try fixture.chat.receiveFile(Self.upload([1]), by: fixture.alice.principal) }
    #expect(refusal { try fixture.chat.receiveFile(Self.upload([1]), by: fixture.alice.principal) }?.code == .quotaExceeded)
    #expect(Self.files(fixture).count == 2)
    _ = try fixture.chat.receiveFile(Self.upload([1]), by: fixture.bob.principal)
  }

  @Test(arguments: [(1_000_000, ChatError.Code.quotaExceeded), (Int.max, .fileTooLarge)])
  func `what cannot be kept is not read, whatever length it says it has`(length: Int, code: ChatError.Code) throws {
    let fixture = try ChatFixture { $0.files.limits.perUserBytes = 8192 }
    _ = try fixture.chat.receiveFile(Self.upload([1]), by: fixture.alice.principal)
    let upload = Upload(contentType: nil, filename: nil, length: length) { _ in
      Issue.record("the body was read")
      return 0
    }
    #expect(refusal { try fixture.chat.receiveFile(upload, by: fixture.alice.principal) }?.code == code)
  }

  /// Calls `body` on the writer's thread, while all other changes wait; returns once it has begun.
  private static func holdWriter(_ fixture: ChatFixture, _ body: @escaping @Sendable (Transaction) throws -> Void) -> Thread {
    let hasBegun = Condition(false)
    let thread = Thread(name: "holder") { [chat = fixture.chat] in
      try? chat.commit { transaction in
        hasBegun.update { $0 = true }
        try body(transaction)
      }
    }
    _ = hasBegun.wait { $0 ? true : nil }
    return thread
  }

  @Test func `no row is made of a file that the sweep has taken for a left-over`() throws {
    let fixture = try ChatFixture()
    let directory = fixture.chat.settings.filesDirectory
    let holder = Self.holdWriter(fixture) { _ in
      while true {
        for prefix in fileNames(in: directory) where prefix != "incoming" {
          for name in fileNames(in: "\(directory)/\(prefix)") {
            unlink("\(directory)/\(prefix)/\(name)")
            return
          }
        }
        sched_yield()
      }
    }
    #expect(refusal { try fixture.chat.receiveFile(Self.upload([1]), by: fixture.alice.principal) }?.code == .unavailable)
    holder.join()
    #expect(try fixture.read { try $0.first("SELECT count(*) FROM files") { $0.integer(0) } } == 0)
  }

  @Test func `the sweep spares a file whose row is made meanwhile, however old it looks`() throws {
    let fixture = try ChatFixture()
    let directory = fixture.chat.settings.filesDirectory
    _ = try makeDirectories([("\(directory)/ab", 0o750)])
    for id in ["abcd", "abxx"] {
      let path = "\(directory)/ab/\(id.dropFirst(2))"
      close(open(path, O_CREAT | O_WRONLY, 0o600))
      let longAgo = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
      try #require(utimes(path, longAgo) == 0)
    }
    let info = FileInfo(
      id: PublicID(trusted: "abcd"), name: "a", mediaType: "text/plain", size: 1, width: nil, height: nil, hasThumbnail: false)
    let record = FileRecord(info: info, purpose: .attachment, content: "text", sha256: [UInt8](repeating: 0, count: 32), diskBytes: 4096)
    let isSwept = Condition(false)
    let user = fixture.alice.principal.user.rowID
    let holder = Self.holdWriter(fixture) { transaction in
      // A sweep that asks nobody is done by then; one that asks waits for this change.
      _ = isSwept.wait(milliseconds: 500) { $0 ? true : nil }
      try Files.insert(record, by: user, at: transaction.now, transaction)
    }
    try fixture.chat.sweepOrphans(before: 1000)
    isSwept.update { $0 = true }
    holder.join()
    #expect(Self.files(fixture) == ["ab/cd"])
  }

  @Test func `a file is refused by its size, its type and its structure`() throws {
    let fixture = try ChatFixture { $0.files.limits.fileBytesMax = 2000 }
    func code(_ upload: Upload) -> ChatError.Code? { refusal { try fixture.chat.receiveFile(upload, by: fixture.alice.principal) }?.code }
    #expect(code(Self.upload([UInt8](repeating: 0, count: 2001), size: 4096)) == .fileTooLarge)
    #expect(code(Self.upload(Array("text".utf8), "image/png")) == .fileTypeMismatch)
    #expect(code(Self.upload([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0], "image/png")) == .fileUnreadable)
    #expect(code(Self.upload([])) == .invalidField)
    #expect(Self.files(fixture) == [])
  }

  @Test func `a deletion goes through to the disk, and so does what waits too long`() throws {
    let clock = ManualClock()
    let fixture = try ChatFixture(clock: clock)
    let (kept, loose) = try (
      fixture.chat.receiveFile(Self.upload([1]), by: fixture.alice.principal),
      fixture.chat.receiveFile(Self.upload([2]), by: fixture.alice.principal)
    )
    let room = try fixture.room("Den", .group, by: fixture.alice)
    let message = NewMessage(content: "", attachments: [kept.id.text])
    let posted = try fixture.chat.commit(try fixture.chat.posting(message, to: room, session: fixture.alice.principal.session))
    try fixture.chat.sweep()
    #expect(Self.files(fixture).count == 2)
    clock.advance(seconds: 24 * 3600 + 1)
    try fixture.chat.sweep()
    #expect(Self.files(fixture).count == 1)
    #expect(refusal { try fixture.chat.file(loose.id.text, isThumbnail: false, for: fixture.alice.principal) }?.code == .notFound)
    try fixture.delete(posted.seq, in: room, by: fixture.alice)
    #expect(refusal { try fixture.chat.file(kept.id.text, isThumbnail: false, for: fixture.alice.principal) }?.code == .notFound)
    try fixture.chat.sweep()
    #expect(Self.files(fixture) == [])
  }
}
