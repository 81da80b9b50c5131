// Creates directories with their modes.
import Glibc

/// Makes each directory with its mode, as far as it is missing, and its parents with the same mode.
public func makeDirectories(_ directories: [(path: String, mode: UInt32)]) throws(Errno) {
  for (path, mode) in directories {
    var partial = path.hasPrefix("/") ? "/" : ""
    for component in path.split(separator: "/") {
      partial += component + "/"
      if mkdir(partial, mode) != 0, errno != EEXIST { throw Errno("mkdir \(partial)") }
    }
  }
}
