// SHA-256 of bytes that come in parts.
import Auth
import Testing

@Suite struct SHA256Tests {
  @Test func `parts have the hash of the whole, however it is cut`() {
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for size in [1000, 4096, 99_999, 100_000] {
      let hash = SHA256()
      for start in stride(from: 0, to: bytes.count, by: size) { hash.update(bytes[start..<min(start + size, bytes.count)]) }
      #expect(hash.finish() == Digest.sha256(bytes))
    }
    #expect(Digest.hex(SHA256().finish()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }
}
