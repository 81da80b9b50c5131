// Creates directories with their modes, and gives them to a user.
import CLinux
import Glibc

/// Makes each directory with its mode, as far as it is missing, and its parents with the same mode.
public func makeDirectories(_ directories: [(path: String, mode: UInt32)]) throws(Errno) {
  for (path, mode) in directories {
    var partial = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      partial += component + "/"
      if mkdir(partial, mode) == 0 {
        // The umask of a program is that of its files, which are the owner's alone.
        try check("chmod \(partial)") { chmod(partial, mode) }
      } else if errno != EEXIST {
        throw Errno("mkdir \(partial)")
      }
    }
  }
}

/// Makes a user and a group the owner of what root owns in a directory tree, the directory included. Follows no link. Files with a second
/// name stay root's: it may be that of a file elsewhere.
public func giveTree(_ path: String, user: UInt32, group: UInt32) throws(Errno) {
  try check("give \(path) to user \(user)") { echochat_give_tree(path, user, group) }
}
