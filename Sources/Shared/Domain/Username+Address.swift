// User names for accounts that are made from an e-mail address, or from a name of another application.

extension Username {
  /// Bytes of a name that are taken from the text: the rest is for a number that makes it differ.
  private static let textBytesMax = 22

  /// A name that resembles the local part of an address, or a text without an `@`, followed by `number` if there is one. What a name may not
  /// have is left out, and so is the part after a `+`, by which people sort their mail. Nil if this is no user name; with a number of 9
  /// digits it is one.
  public init?(like text: String, number: String) {
    let local = text.lowercased().utf8.prefix { $0 != UInt8(ascii: "@") && $0 != UInt8(ascii: "+") }
    let isPunctuation: (UInt8) -> Bool = { "._-".utf8.contains($0) }
    let kept = local.filter { Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8).contains($0) || isPunctuation($0) }
    var base = Array(kept.drop(while: isPunctuation).prefix(Self.textBytesMax))
    while let last = base.last, isPunctuation(last) { base.removeLast() }
    if base.isEmpty { base = Array("user".utf8) }
    let name = String(decoding: base, as: UTF8.self)
    guard let name = try? Username(number.isEmpty ? name : "\(name)-\(number)") else { return nil }
    self = name
  }
}
