// Settings of the C library's allocator, and returning memory to the kernel.
import CLinux

public enum Memory {
  /// Blocks of at least this size are mappings of their own, which return to the kernel when they are freed. By default the allocator raises
  /// this threshold to the largest block it has freed, and from then on tables that grow leave holes behind.
  private static let mappingBytes: Int32 = 64 << 10
  /// Free bytes at the end of a thread's heap, above which they return to the kernel. The allocator's default of 128 KiB for each of a dozen
  /// threads is the memory of three thousand idle connections.
  private static let trimBytes: Int32 = 32 << 10
  /// Bytes that are requested from the kernel, and kept at the end, beyond what is needed.
  private static let paddingBytes: Int32 = 4 << 10

  /// Keeps the process small. Call at the start.
  public static func setUp() {
    mallopt(M_MMAP_THRESHOLD, mappingBytes)
    mallopt(M_TRIM_THRESHOLD, trimBytes)
    mallopt(M_TOP_PAD, paddingBytes)
  }

  /// Returns all free pages to the kernel. Blocks threads that allocate meanwhile: 150 ns for each free block between blocks in use, 30 ms
  /// after a hundred thousand connections have closed. Call only while the program is idle.
  public static func trim() {
    malloc_trim(0)
  }
}
