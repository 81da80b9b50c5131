// Exchanges the data of a directory for others, so that a crash at any moment leaves the ones or the others.
import Configuration
import Glibc
import Posix

/// The new data are made in `DATA/.restoring~/new`. Then what was there is moved aside, entry by entry, and the new is moved in. A record in
/// `.restoring~` says how far that is: as long as there is one, `undo` puts back what was there, and the first program to use the directory calls
/// it. The directory itself stays in its place with its lock, its sockets and its logs, so it may be a mount point.
struct DataExchange {
  private static let (settingAside, puttingIn) = ("setting-aside", "putting-in")
  private static let name = "before-restore"

  private let settings: Settings
  private var data: String { settings.data }
  private var place: String { Self.place(settings) }
  /// Where the new data are made.
  var new: String { place + "/new" }

  private static func place(_ settings: Settings) -> String { settings.restoringPath }

  /// What a record says.
  private struct Record {
    /// A part of the name of what is set aside.
    let time: String
    /// False: the keys that are there stay.
    let hasKeys: Bool

    init(time: String, hasKeys: Bool) {
      (self.time, self.hasKeys) = (time, hasKeys)
    }

    /// Nil if there is none. Throws if it cannot be read: then it is not known where the data are.
    init?(at path: String) throws(Errno) {
      guard access(path, F_OK) == 0 || errno != ENOENT else { return nil }
      let words = try TextFile.read(path).split(whereSeparator: \.isWhitespace)
      guard let time = words.first else { throw Errno(path, code: EBADMSG) }
      (self.time, hasKeys) = (String(time), words.count > 1)
    }

    var text: String { "\(time)\(hasKeys ? " keys" : "")\n" }

    /// Whether an entry of the data directory is exchanged. The identity stays, so that the history that follows begins beyond all others
    /// that were here.
    func covers(_ name: String) -> Bool {
      if name == "files" || (name == "keys" && hasKeys) { return true }
      return name.hasPrefix("search.db") || (name.hasPrefix("echochat.") && !name.hasPrefix("echochat.identity"))
    }
  }

  /// Beside the data directory, or in it where that is a mount point or its parent is not the user's.
  private static func places(_ settings: Settings, _ record: Record) -> [String] {
    ["\(settings.data).\(name)-\(record.time)", "\(settings.data)/\(name)-\(record.time)"]
  }

  /// Makes the place for the new data. Call with the directory's lock held alone.
  init(_ settings: Settings) throws(Errno) {
    self.settings = settings
    try makeDirectories([(Self.place(settings), 0o700), (Self.place(settings) + "/new", 0o700)])
  }

  /// Moves the new data in, after what was there was moved aside; `confirm` is called with them in their places. If anything fails, what was
  /// there is put back. Returns where it is now; nil if there was nothing.
  func run(time: String, hasKeys: Bool, confirm: () throws -> Void) throws -> String? {
    let record = Record(time: time, hasKeys: hasKeys)
    // What an earlier restore has set aside is never touched.
    for target in Self.places(settings, record) where access(target, F_OK) == 0 { throw Errno(target, code: EEXIST) }
    // Nothing needs to be set aside in a directory that was just made.
    for name in fileNames(in: data) where record.covers(name) { rmdir("\(data)/\(name)") }
    let old = fileNames(in: data).filter(record.covers)
    let (first, second) = ("\(place)/\(Self.settingAside)", "\(place)/\(Self.puttingIn)")
    try TextFile.write(record.text, to: first, isSynced: true)
    try synchronize(place)
    let target = old.isEmpty ? nil : try makeTarget(record)
    if let target {
      for name in old { try move("\(data)/\(name)", "\(target)/\(name)") }
      if access(settings.identityPath, F_OK) == 0 {
        try copyFile(settings.identityPath, to: target + "/echochat.identity", mode: 0o600)
      }
      try synchronize(target)
    }
    try move(first, second)
    try synchronize(place)
    for name in fileNames(in: new) { try move("\(new)/\(name)", "\(data)/\(name)") }
    try synchronize(data)
    try confirm()
    try Posix.check("unlink \(second)") { unlink(second) }
    // From here on the new data are the data. The next to use the directory removes what is left.
    do throws(Errno) {
      try synchronize(place)
      try removeTree(place)
    } catch {
      Log.warning("\(place) is left over: \(error)")
    }
    return target
  }

  /// The names in a directory; none if it is not there. Throws if it cannot be read.
  private static func entries(of directory: String) throws(Errno) -> [String] {
    guard access(directory, F_OK) == 0 || errno != ENOENT else { return [] }
    _ = FileDescriptor(owning: try Posix.check("open \(directory)") { open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    return fileNames(in: directory)
  }

  private func makeTarget(_ record: Record) throws(Errno) -> String {
    let made = place + "/old"
    try makeDirectories([(made, 0o700)])
    let places = Self.places(settings, record)
    // Only the attempt shows whether both are on one file system: two mounts of one have the same device.
    for target in places where rename(made, target) == 0 { return target }
    throw Errno("rename \(places.last ?? made)")
  }

  private func move(_ from: String, _ to: String) throws(Errno) { try Self.move(from, to) }

  private static func move(_ from: String, _ to: String) throws(Errno) {
    try Posix.check("rename \(from) to \(to)") { rename(from, to) }
  }

  /// Puts back what was there when a restore was cut short, and removes what that has made. Returns whether there was anything to do. Call
  /// with nobody else using the directory. It may be cut short itself, and is then called again.
  @discardableResult
  static func undo(_ settings: Settings) throws(Errno) -> Bool {
    let (data, place) = (settings.data, place(settings))
    guard access(place, F_OK) == 0 else { return false }
    let (first, second) = ("\(place)/\(settingAside)", "\(place)/\(puttingIn)")
    if let record = try Record(at: second) {
      // All that was there is aside: what is here is new.
      for name in try entries(of: data) where record.covers(name) { try removeTree("\(data)/\(name)") }
      try synchronize(data)
      try move(second, first)
      try synchronize(place)
    }
    let record = try Record(at: first)
    if let record {
      for target in places(settings, record) {
        for name in try entries(of: target) { try move("\(target)/\(name)", "\(data)/\(name)") }
        rmdir(target)
      }
      try synchronize(data)
    }
    try removeTree(place)
    if record != nil { Log.warning("a restore was cut short: \(data) has the data that were there before it") }
    return true
  }
}
