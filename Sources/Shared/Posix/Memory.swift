// What a process asks of the C library's allocator.
import CLinux

package enum Memory {
  /// Blocks of at least so many bytes are mappings of their own, which go back to the kernel as soon as they are free. Left to itself, the
  /// allocator raises that bound to the largest block it has ever freed, and from then on tables that have grown leave holes behind.
  private static let ownMappingBytes: Int32 = 64 << 10
  /// Free bytes at the end of a thread's memory, beyond which they go back to the kernel; the allocator's own 128 KiB for each of a dozen
  /// threads are the memory of three thousand silent lines.
  private static let endBytes: Int32 = 32 << 10
  /// Bytes that are taken from the kernel, and left of the end, beyond what is needed.
  private static let paddingBytes: Int32 = 4 << 10

  /// For a program that is to stay small. Call at the start.
  package static func setUp() {
    mallopt(M_MMAP_THRESHOLD, ownMappingBytes)
    mallopt(M_TRIM_THRESHOLD, endBytes)
    mallopt(M_TOP_PAD, paddingBytes)
  }

  /// Gives whole pages that are free, wherever they lie, back to the kernel. Keeps a thread waiting that allocates meanwhile: 150 ns for each
  /// free block between those in use, 30 ms after a hundred thousand lines have gone. Not for a busy program.
  package static func trim() {
    malloc_trim(0)
  }
}
