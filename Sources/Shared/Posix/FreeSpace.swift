// Asks a file system for its free space, and for the size of a file.
import Glibc

/// Bytes that this process may still write to the file system of `path`; nil if it cannot be asked. Root may use what is reserved for root.
public func freeBytes(at path: String) -> Int64? {
  var status = statvfs()
  guard statvfs(path, &status) == 0 else { return nil }
  let blocks = geteuid() == 0 ? status.f_bfree : status.f_bavail
  let (bytes, overflow) = Int64(clamping: blocks).multipliedReportingOverflow(by: Int64(clamping: status.f_frsize))
  return overflow ? .max : bytes
}

/// The size of a file, without opening it; nil if there is none.
public func fileBytes(_ path: String) -> Int? {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : nil
}
