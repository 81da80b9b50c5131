// The name of one of several sites on a machine.

struct InstanceName {
  static let wanted = "1 to 32 of a-z, 0-9 and -, with a letter or digit at both ends"
  private static let bytesMax = 32

  let text: String

  /// Nil for anything else than `wanted`: it becomes part of paths and of nginx's names.
  init?(_ text: String) {
    let isPlain = { (byte: UInt8) in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard text.utf8.count <= Self.bytesMax, let first = text.utf8.first, let last = text.utf8.last, isPlain(first), isPlain(last),
      text.utf8.allSatisfy({ isPlain($0) || $0 == UInt8(ascii: "-") })
    else { return nil }
    self.text = text
  }

  /// In the names of variables, which have no hyphen.
  var identifier: String { text.replacing("-", with: "_") }
}
