// What identifies the history that a database has, kept beside it: a database that was put back cannot tell by itself.
import Posix

/// Compared at each start and while the programs run.
struct HistoryIdentity: Equatable {
  var epoch: String
  /// A position that the journal has reached.
  var position: Int64
  /// The boot in which this was written: device numbers may be others in the next one.
  var boot: String
  /// The database file.
  var database: FileIdentity
  /// Its write-ahead log; nil if there was none.
  var log: FileIdentity?

  /// Why the database that is found is not the one that this was written of, or has lost a part of its history. Nil if it goes on.
  func difference(to found: HistoryIdentity) -> String? {
    if !found.database.isSameFile(as: database) { return "another file is in its place" }
    if found.boot == boot, found.database.device != database.device { return "it is on another device" }
    if found.epoch != epoch { return "it is another database" }
    if found.position < position { return "it ends at position \(found.position), but had reached \(position)" }
    return nil
  }
}

extension HistoryIdentity {
  /// The text of the file: five lines, always of the same length as long as only the position changes.
  var text: String {
    let digits = "\(position)"
    let padded = String(repeating: "0", count: max(0, 20 - digits.utf8.count)) + digits
    return """
      epoch \(epoch)
      position \(padded)
      boot \(boot)
      database \(Self.text(database))
      log \(log.map(Self.text) ?? "none")

      """
  }

  /// Nil if this is no such text: for the program it is as if there were none.
  init?(text: String) {
    var values: [Substring: [Substring]] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if let name = words.first { values[name] = Array(words.dropFirst()) }
    }
    guard let epoch = values["epoch"]?.first, let position = values["position"]?.first.flatMap({ Int64($0) }),
      let boot = values["boot"]?.first, let database = values["database"].flatMap(Self.file), let log = values["log"]
    else { return nil }
    self.init(epoch: String(epoch), position: position, boot: String(boot), database: database, log: Self.file(log))
  }

  private static func text(_ file: FileIdentity) -> String { "\(file.device) \(file.inode) \(file.birth)" }

  private static func file(_ words: [Substring]) -> FileIdentity? {
    guard words.count == 3, let device = UInt64(words[0]), let inode = UInt64(words[1]), let birth = Int64(words[2]) else { return nil }
    return FileIdentity(device: device, inode: inode, birth: birth)
  }
}
