// The uploaded files of a backup: other names of those in the data directory, which are never changed in place.
import Domain
import Glibc
import Posix

/// Belongs to one thread. Paths are relative to both directories.
final class BackedUpFiles {
  private let source: String
  private let target: String
  private var linked: Set<String> = []
  private var directories: Set<String> = []

  init(from source: String, to target: String) {
    (self.source, self.target) = (source, target)
  }

  /// Links all files that are there now and are not linked yet; one that goes meanwhile is left out.
  func linkAll() throws(Errno) {
    let store = FileStore(directory: source)
    for prefix in store.prefixes {
      for name in fileNames(in: "\(source)/\(prefix)") where !linked.contains("\(prefix)/\(name)") { try link("\(prefix)/\(name)") }
    }
  }

  /// Links those of the paths that are not linked yet, and returns those that are not there.
  func linkMissing(_ paths: some Sequence<String>) throws(Errno) -> Set<String> {
    var gone: Set<String> = []
    for path in paths where !linked.contains(path) {
      if try !link(path) { gone.insert(path) }
    }
    return gone
  }

  /// Removes all but these, and returns once the names are on disk.
  func keep(_ paths: Set<String>) throws(Errno) {
    for path in linked.subtracting(paths) { try removeTree("\(target)/\(path)") }
    let kept = Set(paths.map { parentDirectory(of: $0) })
    for directory in directories {
      let path = "\(target)/\(directory)"
      if kept.contains(directory) { try synchronize(path) } else { try removeTree(path) }
    }
    if access(target, F_OK) == 0 { try synchronize(target) }
  }

  /// False if the file is gone.
  @discardableResult
  private func link(_ path: String) throws(Errno) -> Bool {
    let directory = parentDirectory(of: path)
    if !directories.contains(directory) {
      try makeDirectories([(target, 0o700), ("\(target)/\(directory)", 0o700)])
      directories.insert(directory)
    }
    let place = "\(target)/\(path)"
    do throws(Errno) {
      try linkOrCopy("\(source)/\(path)", to: place)
    } catch {
      guard error.code == ENOENT, access("\(source)/\(path)", F_OK) != 0 else { throw error }
      try removeTree(place)
      return false
    }
    linked.insert(path)
    return true
  }
}
