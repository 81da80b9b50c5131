// A public identifier stored inline, without heap memory.
import Domain

/// A `PublicID` in 32 bytes; a string longer than fifteen bytes takes 96.
struct InlinePublicID {
  /// ASCII letters and digits, padded with zeros.
  private var bytes = InlineArray<32, UInt8>(repeating: 0)

  init(_ id: PublicID) {
    for (index, byte) in id.text.utf8.prefix(bytes.count).enumerated() { bytes[index] = byte }
  }

  var id: PublicID {
    PublicID(trusted: String(decoding: bytes.indices.map { bytes[$0] }.prefix { $0 != 0 }, as: UTF8.self))
  }
}
