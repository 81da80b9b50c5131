// The directory of files: names are made of random ids, never of what a client says.
import Configuration
import Domain
import Glibc
import Posix
import Store

/// What is kept of a file beside it: pictures made of it.
enum FileVariant: String, CaseIterable {
  case original = ""
  case thumbnail = ".thumbnail"
  case small = ".64"
  case large = ".256"

  init(_ size: AvatarSize) {
    self =
      switch size {
      case .small: .small
      case .large: .large
      }
  }
}

/// `DIRECTORY/ab/cdef…` for the id `abcdef…`. The directories have mode 0750 and the files 0640: nginx, which sends them, reads them as a
/// member of the group that it needs for the sockets as well. What is not complete lies in `DIRECTORY/incoming`, which is the owner's alone.
struct FileStore: Sendable {
  /// What an upload leaves free on the disk: messages go on when there is no room for files.
  static let freeBytesMin: Int64 = 32 << 20
  static let directoryMode: UInt32 = 0o750
  static let fileMode: UInt32 = 0o640
  /// The location of nginx that sends files (`X-Accel-Redirect`).
  static let location = "/echochat-files/"

  private static let prefixCharacters = 2
  let directory: String
  var incoming: String { directory + "/incoming" }

  init(_ settings: Settings) { self.init(directory: settings.filesDirectory) }

  init(directory: String) {
    self.directory = directory
  }

  static func relativePath(of id: PublicID, _ variant: FileVariant) -> String {
    "\(id.text.prefix(prefixCharacters))/\(id.text.dropFirst(prefixCharacters))\(variant.rawValue)"
  }

  /// What is on disk of a file.
  static func variants(of file: StoredFile) -> [FileVariant] {
    switch file.purpose {
    case .attachment: file.hasThumbnail ? [.original, .thumbnail] : [.original]
    case .avatar: file.hasThumbnail ? [.small, .large] : [.original]
    }
  }

  func path(of id: PublicID, _ variant: FileVariant) -> String { "\(directory)/\(Self.relativePath(of: id, variant))" }

  /// Whether so many bytes more leave enough of the disk.
  func hasRoom(for bytes: Int64) -> Bool { (freeBytes(at: directory) ?? .max) - Self.freeBytesMin >= bytes }

  /// A file without a name, for what is read once: it is gone when it is closed, however the process ends.
  func spool(_ id: PublicID) throws(Errno) -> FileDescriptor {
    let path = "\(incoming)/\(id.text).body"
    let file = try create(path, mode: 0o600)
    unlink(path)
    return file
  }

  /// Makes a file that must not be there, and the directory around it if need be.
  func create(_ path: String, mode: UInt32) throws(Errno) -> FileDescriptor {
    let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    var number = open(path, flags, mode)
    if number < 0, errno == ENOENT {
      try makeDirectories([(incoming, 0o700)])
      number = open(path, flags, mode)
    }
    guard number >= 0 else { throw Errno("create \(path)") }
    return FileDescriptor(owning: number)
  }

  /// Puts the complete parts of a file in their places: on disk with their names when this returns. They get their names first, so that the
  /// first sync writes all of it to the file system's journal and the others find little to do. What a crash leaves has no row and is swept.
  func publish(_ parts: [(path: String, variant: FileVariant)], as id: PublicID) throws(Errno) {
    let parent = parentDirectory(of: path(of: id, .original))
    let isNewParent = try makeDirectories([(parent, Self.directoryMode)]).isEmpty == false
    for part in parts {
      let place = path(of: id, part.variant)
      try check("rename \(place)") { rename(part.path, place) }
    }
    for part in parts { try synchronize(path(of: id, part.variant), mode: Self.fileMode) }
    try synchronize(parent, mode: nil)
    if isNewParent { try synchronize(directory, mode: nil) }
  }

  private func synchronize(_ path: String, mode: UInt32?) throws(Errno) {
    let file = FileDescriptor(owning: try check("open \(path)") { open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) })
    // The umask of the program closes what it makes to the group.
    if let mode { try check("fchmod \(path)") { fchmod(file.number, mode) } }
    try check("fsync \(path)") { fsync(file.number) }
  }

  /// Deletes a file and all that was made of it. Throws if one of them is there and stays.
  func remove(_ id: PublicID) throws(Errno) {
    for variant in FileVariant.allCases {
      let path = path(of: id, variant)
      guard unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR else { throw Errno("unlink \(path)") }
    }
  }

  // MARK: Sweeping

  /// The directories of files, by the first characters of their ids.
  var prefixes: [String] {
    fileNames(in: directory).filter { $0.utf8.count == Self.prefixCharacters && $0.utf8.allSatisfy(\.isASCIIAlphanumeric) }
  }

  /// The paths of what is in a directory, by the id that it belongs to.
  func entries(withPrefix prefix: String) -> [String: [String]] {
    var entries: [String: [String]] = [:]
    for name in fileNames(in: "\(directory)/\(prefix)") {
      entries[prefix + name.prefix { $0 != "." }, default: []].append("\(directory)/\(prefix)/\(name)")
    }
    return entries
  }

  var incomingPaths: [String] { fileNames(in: incoming).map { "\(incoming)/\($0)" } }

  /// Whether a file was last written before a time, in seconds since 1970. False if it is gone.
  static func isOlder(_ path: String, than seconds: Int64) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && Int64(status.st_mtim.tv_sec) < seconds
  }
}

/// A file that is being made: deleted with its owner, unless it was moved.
final class IncomingFile {
  let path: String

  init(_ store: FileStore, _ id: PublicID, ending: String = "") {
    path = "\(store.incoming)/\(id.text)\(ending)"
  }

  /// Bytes of the file; nil if there is none.
  var byteCount: Int64? {
    var status = stat()
    return lstat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  deinit { unlink(path) }
}
