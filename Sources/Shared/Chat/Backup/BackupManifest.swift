// What a backup consists of: the file `manifest.json` in it.
import Auth
public import Domain
import FoundationEssentials
import Posix
import Wire

/// JSON on one line, whose last member is the SHA-256 of all bytes before it: nothing in it changes unnoticed.
public struct BackupManifest: Equatable, Sendable {
  static let fileName = "manifest.json"
  /// Of what this describes. A program refuses those of a later one.
  static let format = 1
  /// Names and hashes of about two million files.
  private static let bytesMax = 256 << 20

  public struct Entry: Equatable, Sendable, Codable {
    /// The path in the backup.
    public let name: String
    public let size: Int64
    /// In hexadecimal digits.
    public let sha256: String
  }

  public struct Counts: Equatable, Sendable, Codable {
    public var users: Int64
    public var rooms: Int64
    public var messages: Int64
    public var files: Int64
  }

  /// Why a manifest cannot be used, in a sentence for the operator.
  struct Unusable: Error, CustomStringConvertible {
    let description: String
  }

  /// Of EchoChat.
  public var version: String
  public var schema: Int
  public var epoch: String
  /// The position that the journal had reached.
  public var position: Int64
  /// Names the site, through restores too.
  public var site: String
  /// The data directory.
  public var data: String
  /// A hash of the machine's identifier; nil where it has none, and in backups of earlier programs.
  public var machine: String?
  public var at: Timestamp
  public var counts: Counts
  /// What the database names and the data directory had lost before, as paths in the backup.
  public var missing: [String]
  /// All but the manifest, in the order of names.
  public var files: [Entry]

  public var bytes: Int64 { files.reduce(0) { $0 + $1.size } }
  var hasKeys: Bool { files.contains { $0.name.hasPrefix("keys/") } }

  /// Whether another backup is of the same data. A copy of the site on another machine has the same name; a backup that names no machine is
  /// taken for one of this machine.
  func isOfSameData(as other: BackupManifest) -> Bool {
    other.site == site && other.data == data && (other.machine == nil || other.machine == machine)
  }

  /// What stands for a machine with this identifier.
  static func hash(ofMachine identifier: String) -> String {
    // With a word of its own before it: no other program's hash of the identifier is the same.
    String(Digest.hex(Digest.sha256(Array("echochat backup \(identifier)".utf8))).prefix(32))
  }
}

// MARK: The file

extension BackupManifest {
  private static let hashKey = Array(#","sha256":""#.utf8)
  private static let end = Array("\"}\n".utf8)

  /// The bytes of the file.
  var encoded: [UInt8] {
    let json = JSONWriter.object { json in
      json.field("format", Int64(Self.format))
      json.field("version", version)
      json.field("schema", Int64(schema))
      json.field("epoch", epoch)
      json.field("position", position)
      json.field("site", site)
      json.field("data", data)
      if let machine { json.field("machine", machine) }
      json.field("at", at)
      json.key("counts")
      Self.write(counts, &json)
      json.key("missing")
      json.array { json in
        for path in missing { json.string(path) }
      }
      json.key("files")
      json.array { json in
        for entry in files { Self.write(entry, &json) }
      }
    }
    let text = Array(json.dropLast())
    return text + Self.hashKey + Array(Digest.hex(Digest.sha256(text)).utf8) + Self.end
  }

  private static func write(_ counts: Counts, _ json: inout JSONWriter) {
    json.object { json in
      json.field("users", counts.users)
      json.field("rooms", counts.rooms)
      json.field("messages", counts.messages)
      json.field("files", counts.files)
    }
  }

  private static func write(_ entry: Entry, _ json: inout JSONWriter) {
    json.object { json in
      json.field("name", entry.name)
      json.field("size", entry.size)
      json.field("sha256", entry.sha256)
    }
  }

  /// Reads the manifest of a backup. Throws `Unusable` and `Errno`.
  static func read(ofBackupAt path: String) throws -> BackupManifest {
    var bytes: [UInt8] = []
    try ReadableFile("\(path)/\(fileName)").forEachChunk { chunk in
      guard bytes.count + chunk.count <= bytesMax else { throw Unusable(description: "it has more than \(bytesMax) bytes") }
      bytes += chunk
    }
    return try BackupManifest(bytes)
  }

  /// Reads what `encoded` wrote, and nothing else. Throws `Unusable`.
  init(_ bytes: [UInt8]) throws {
    let hashCount = 64
    let textCount = bytes.count - Self.hashKey.count - hashCount - Self.end.count
    guard textCount > 0 else { throw Unusable(description: "it is cut short") }
    let text = Array(bytes[..<textCount])
    guard bytes[textCount...].elementsEqual(Self.hashKey + Array(Digest.hex(Digest.sha256(text)).utf8) + Self.end) else {
      throw Unusable(description: "its bytes have changed since it was written")
    }
    struct Header: Decodable { let format: Int }
    guard let header = try? JSONDecoder().decode(Header.self, from: Data(bytes)) else { throw Unusable(description: "it is none") }
    guard header.format == Self.format else {
      throw Unusable(description: "it has format \(header.format), and this program knows \(Self.format): use a newer EchoChat")
    }
    guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(bytes)), let at = Timestamp(rfc3339: stored.at) else {
      throw Unusable(description: "members of it are missing")
    }
    guard stored.files.allSatisfy({ Self.isInside($0.name) }) else {
      throw Unusable(description: "it names a file that is not the backup's")
    }
    let sizes = stored.files.reduce((Int64(0), false)) { sum, entry in
      let (size, isTooMuch) = sum.0.addingReportingOverflow(entry.size)
      return (size, sum.1 || isTooMuch || entry.size < 0 || size > Int64.max / 2)
    }
    guard !sizes.1 else { throw Unusable(description: "it names a size that no file has") }
    self.init(
      version: stored.version, schema: stored.schema, epoch: stored.epoch, position: stored.position, site: stored.site,
      data: stored.data, machine: stored.machine, at: at, counts: stored.counts, missing: stored.missing, files: stored.files)
  }

  /// Whether a path cannot lead out of the backup.
  private static func isInside(_ path: String) -> Bool {
    path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }

  private struct Stored: Decodable {
    let version: String
    let schema: Int
    let epoch: String
    let position: Int64
    let site: String
    let data: String
    let machine: String?
    let at: String
    let counts: Counts
    let missing: [String]
    let files: [Entry]
  }
}
