// An identifier without memory of its own.
import Domain

/// A `PublicID` in its 32 bytes; as a text it takes 96, as soon as it is longer than fifteen.
struct InlinePublicID {
  /// Letters and digits, then zeros.
  private var bytes = InlineArray<32, UInt8>(repeating: 0)

  init(_ id: PublicID) {
    for (index, byte) in id.text.utf8.prefix(bytes.count).enumerated() { bytes[index] = byte }
  }

  var id: PublicID {
    PublicID(trusted: String(decoding: bytes.indices.map { bytes[$0] }.prefix { $0 != 0 }, as: UTF8.self))
  }
}
