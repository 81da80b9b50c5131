// The manifest of a backup: no byte of it changes unnoticed.
import Domain
import TestSupport
import Testing

@testable import Chat

@Suite struct BackupManifestTests {
  private static let manifest = BackupManifest(
    version: "1.2.3", schema: 24, epoch: "e", position: 7, site: "s", data: "/var/lib/\"chat\"\n", machine: nil,
    at: Timestamp(milliseconds: 1_796_000_000_123),
    counts: .init(users: 1, rooms: 2, messages: 3, files: 4), missing: ["files/ab/c"],
    files: [.init(name: "echochat.db", size: 1 << 50, sha256: String(repeating: "a", count: 64))])

  /// Backups of years ago are read by these bytes.
  @Test func `it is written byte for byte as ever`() {
    let text = [
      #"{"format":1,"version":"1.2.3","schema":24,"epoch":"e","position":7,"site":"s","data":"/var/lib/\"chat\"\n","#,
      #""at":"2026-11-30T00:53:20.123Z","counts":{"users":1,"rooms":2,"messages":3,"files":4},"missing":["files/ab/c"],"#,
      #""files":[{"name":"echochat.db","size":1125899906842624,"#,
      #""sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}],"#,
      #""sha256":"6a6a0c7909b997809c46057a794b3af0293c95f05c74d159ca549c17f2c1573e"}"#, "\n",
    ].joined()
    #expect(String(decoding: Self.manifest.encoded, as: UTF8.self) == text)
  }

  @Test func `it is read as it was written`() throws {
    #expect(try BackupManifest(Self.manifest.encoded) == Self.manifest)
    let json = try JSONValue(Self.manifest.encoded)
    #expect(json["schema"] == .integer(24))
  }

  @Test func `backups of a site, of one place on one machine, are told from those of a copy of it`() throws {
    var (here, other) = (Self.manifest, Self.manifest)
    #expect(here.isOfSameData(as: other))
    here.machine = BackupManifest.hash(ofMachine: "0123456789abcdef0123456789abcdef")
    #expect(try BackupManifest(here.encoded) == here)
    #expect(here.machine?.count == 32 && here.machine?.contains("0123456789abcdef") == false)
    // One of an older version, which names no machine.
    #expect(here.isOfSameData(as: other))
    #expect(!other.isOfSameData(as: here))
    other.machine = here.machine
    #expect(here.isOfSameData(as: other))
    other.machine = BackupManifest.hash(ofMachine: "0123456789abcdef0123456789abcdee")
    #expect(!here.isOfSameData(as: other))
    other = here
    other.site = "another"
    #expect(!here.isOfSameData(as: other))
    other = here
    other.data = "/elsewhere"
    #expect(!here.isOfSameData(as: other))
  }

  @Test func `every flipped bit, every cut and every addition is noticed`() {
    let bytes = Self.manifest.encoded
    for index in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[index] ^= 1 << bit
        #expect(throws: BackupManifest.Unusable.self) { try BackupManifest(flipped) }
      }
      #expect(throws: BackupManifest.Unusable.self) { try BackupManifest(Array(bytes[..<index])) }
    }
    #expect(throws: BackupManifest.Unusable.self) { try BackupManifest(bytes + Array("\n".utf8)) }
  }

  @Test(arguments: ["/etc/passwd", "../d/echochat.db", "files/../../x", "files//x", "./x", ""])
  func `names that lead out of the backup are refused`(name: String) {
    var manifest = Self.manifest
    manifest.files.append(.init(name: name, size: 1, sha256: ""))
    #expect(throws: BackupManifest.Unusable.self) { try BackupManifest(manifest.encoded) }
  }

  @Test(arguments: [[-1], [.max], [1 << 62, 1 << 62, 1 << 62]] as [[Int64]])
  func `sizes that no file has are refused`(sizes: [Int64]) {
    var manifest = Self.manifest
    for size in sizes { manifest.files.append(.init(name: "x", size: size, sha256: "")) }
    #expect(throws: BackupManifest.Unusable.self) { try BackupManifest(manifest.encoded) }
  }

  @Test func `only what is wrong is shown, and not all of it`() {
    #expect(CheckLine("files", note: "2").text == "files: ok (2)")
    #expect(CheckLine("files").text == "files: ok")
    #expect(CheckLine("files", ["a", "b"]).text == "files: a; b")
    #expect(CheckLine("files", ["a", "b", "c", "d", "e"]).text == "files: a; b; c; and 2 more")
  }
}
