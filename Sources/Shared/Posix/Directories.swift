// Creates directories with their modes, lists, syncs and removes them, gives them to a user, and closes files to other users.
import CLinux
import Glibc

/// Makes each directory with its mode, as far as it is missing, and its parents with the same mode. Returns those that were made.
@discardableResult
public func makeDirectories(_ directories: [(path: String, mode: UInt32)]) throws(Errno) -> [String] {
  var made: [String] = []
  for (path, mode) in directories {
    var partial = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      partial += component + "/"
      if mkdir(partial, mode) == 0 {
        // The umask of a program is that of its files, which are the owner's alone.
        try check("chmod \(partial)") { chmod(partial, mode) }
        made.append(partial)
      } else if errno != EEXIST {
        throw Errno("mkdir \(partial)")
      }
    }
  }
  return made
}

/// The directory of the file that a path names: "." for a name alone.
public func parentDirectory(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The path from the root, through no link. Throws `Errno` if there is nothing at it.
public func absolutePath(_ path: String) throws(Errno) -> String {
  guard let absolute = realpath(path, nil) else { throw Errno(path) }
  defer { free(absolute) }
  return String(cString: absolute)
}

/// The names in a directory, but for `.` and `..`, in no order; none if it cannot be read.
public func fileNames(in path: String) -> [String] {
  guard let directory = opendir(path) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) { String(cString: $0) }
    }
    if name != "." && name != ".." { names.append(name) }
  }
  return names
}

/// Removes a file, or a directory and all that is in it. Follows no link. What is gone already is no error.
public func removeTree(_ path: String) throws(Errno) {
  var status = stat()
  guard lstat(path, &status) == 0 else {
    guard errno == ENOENT else { throw Errno("lstat \(path)") }
    return
  }
  guard status.st_mode & S_IFMT == S_IFDIR else {
    guard unlink(path) == 0 || errno == ENOENT else { throw Errno("unlink \(path)") }
    return
  }
  for name in fileNames(in: path) { try removeTree("\(path)/\(name)") }
  guard rmdir(path) == 0 || errno == ENOENT else { throw Errno("rmdir \(path)") }
}

/// Returns once a file, or the names in a directory, are on disk.
public func synchronize(_ path: String) throws(Errno) {
  let file = FileDescriptor(owning: try check("open \(path)") { open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) })
  let number = file.number
  try check("fsync \(path)") { fsync(number) }
}

/// Takes every permission of others than the owner from a file. Returns the mode that it had, or nil if nothing had to be taken: there is no
/// such file, or it is another user's.
public func closeToOthers(_ path: String) -> UInt32? {
  var status = stat()
  guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 else { return nil }
  return chmod(path, status.st_mode & 0o700) == 0 ? status.st_mode & 0o777 : nil
}

/// Makes a user and a group the owner of what root owns in a directory tree, the directory included. Follows no link. Files with a second
/// name stay root's: it may be that of a file elsewhere.
public func giveTree(_ path: String, user: UInt32, group: UInt32) throws(Errno) {
  try check("give \(path) to user \(user)") { echochat_give_tree(path, user, group) }
}
