// When a database counts as put back, and the file that tells.
import Posix
import Testing

@testable import Chat

@Suite struct HistoryIdentityTests {
  private static let recorded = HistoryIdentity(
    epoch: "e1", position: 10, boot: "b1", database: FileIdentity(device: 1, inode: 2, birth: 3),
    log: FileIdentity(device: 1, inode: 4, birth: 5))

  private static func difference(_ change: (inout HistoryIdentity) -> Void) -> String? {
    var found = recorded
    found.log = nil
    change(&found)
    return recorded.difference(to: found)
  }

  @Test func `a database that goes on is no other one`() {
    #expect(Self.difference { _ in } == nil)
    #expect(Self.difference { $0.position = 11 } == nil)
    #expect(
      Self.difference {
        $0.boot = "b2"; $0.database = FileIdentity(device: 9, inode: 2, birth: 3)
      } == nil, "devices are numbered anew")
  }

  @Test func `a lower position, another epoch, another file and another device are reasons`() {
    #expect(Self.difference { $0.position = 9 }?.contains("9") == true)
    #expect(Self.difference { $0.epoch = "e2" } != nil)
    #expect(Self.difference { $0.database = FileIdentity(device: 1, inode: 7, birth: 3) } != nil)
    #expect(Self.difference { $0.database = FileIdentity(device: 1, inode: 2, birth: 4) } != nil, "an inode that is used again")
    #expect(Self.difference { $0.database = FileIdentity(device: 9, inode: 2, birth: 3) } != nil)
  }

  @Test func `the file is read as it was written, and keeps its length while only the position rises`() {
    var later = Self.recorded
    later.position = .max
    later.log = nil
    for identity in [Self.recorded, later] { #expect(HistoryIdentity(text: identity.text) == identity) }
    later.log = Self.recorded.log
    #expect(later.text.utf8.count == Self.recorded.text.utf8.count)
  }

  @Test func `what is no identity is none`() {
    let text = Self.recorded.text
    for damaged in ["", "epoch", text.replacing("position", with: "place"), text.replacing("database 1", with: "database x"), "\0\0\0\0"] {
      #expect(HistoryIdentity(text: damaged) == nil, "\(damaged)")
    }
  }
}
