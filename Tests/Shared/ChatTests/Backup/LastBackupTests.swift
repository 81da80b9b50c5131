// The file that says when a data directory was backed up last.
import Configuration
import Domain
import Posix
import TestSupport
import Testing

@testable import Chat

@Suite struct LastBackupTests {
  private let directory = TemporaryDirectory()
  private var settings: Settings {
    var settings = Settings()
    settings.data = directory.path
    return settings
  }

  private static let first = LastBackup(at: Timestamp(milliseconds: 1_796_000_000_123), path: "/var/backups/a \"b\"\n", bytes: 0)

  @Test func `it is read as it was written, and the later one replaces the earlier one`() throws {
    #expect(LastBackup.read(settings) == nil)
    try Self.first.write(settings)
    #expect(LastBackup.read(settings) == Self.first)
    let second = LastBackup(at: Timestamp(milliseconds: 1_796_000_060_000), path: "/b", bytes: .max)
    try second.write(settings)
    #expect(LastBackup.read(settings) == second)
    #expect(TemporaryDirectory.names(in: directory.path) == ["last-backup"])
  }

  @Test func `its members are a time of RFC 3339, a path and a number`() throws {
    try Self.first.write(settings)
    let json = try JSONValue(try TextFile.bytes(settings.lastBackupPath))
    #expect(
      json
        == .object(["at": .string("2026-11-30T00:53:20.123Z"), "path": .string("/var/backups/a \"b\"\n"), "bytes": .integer(0)]))
  }

  @Test(arguments: ["", "{", "null", "[]", #"{"at":"yesterday","path":"/b","bytes":1}"#, #"{"at":"2026-11-30T00:53:20Z","path":"/b"}"#])
  func `what cannot be read counts as none`(text: String) {
    TemporaryDirectory.write(Array(text.utf8), to: settings.lastBackupPath)
    #expect(LastBackup.read(settings) == nil)
  }

  @Test func `a time without milliseconds, and members of a later version, are read`() {
    TemporaryDirectory.write(
      Array(#"{"at":"2026-11-30T00:53:20Z","path":"/b","bytes":1,"later":[]}"#.utf8), to: settings.lastBackupPath)
    #expect(LastBackup.read(settings) == LastBackup(at: Timestamp(milliseconds: 1_796_000_000_000), path: "/b", bytes: 1))
  }
}
