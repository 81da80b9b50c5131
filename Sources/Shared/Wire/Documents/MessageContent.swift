// Reads the words of a message, its content and the names of its files, from its JSON without decoding the rest.

/// Decoding a whole message takes ten times as long, and a search looks at hundreds.
public enum MessageContent {
  /// The content of a message that `JSONWriter.message` wrote; nil if it is deleted.
  public static func text(inMessage json: [UInt8]) -> String? {
    // Inside a string the quotation marks would be escaped, so the first match is the key.
    guard let start = Self.end(of: Array(#","content":""#.utf8), in: json) else { return nil }
    guard let end = Self.closingQuote(from: start, in: json) else { return nil }
    let body = json[start..<end]
    guard body.contains(UInt8(ascii: "\\")) else { return String(decoding: body, as: UTF8.self) }
    return String(decoding: unescaped(body), as: UTF8.self)
  }

  /// The words that a search finds a message by: its content and, a line each, the names of its files; nil if it is deleted.
  public static func searchableText(inMessage json: [UInt8]) -> String? {
    guard let content = text(inMessage: json) else { return nil }
    let names = fileNames(inMessage: json)
    return names.isEmpty ? content : ([content] + names).filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private static let filesKey = Array(#","attachments":["#.utf8)
  private static let nameKey = Array(#","name":""#.utf8)

  /// Most messages have none, which the byte after the key tells.
  private static func fileNames(inMessage json: [UInt8]) -> [String] {
    guard var index = end(of: filesKey, in: json), index < json.count, json[index] != UInt8(ascii: "]") else { return [] }
    var names: [String] = []
    // Objects without arrays inside: the first bracket outside of a string ends the list.
    while index < json.count, json[index] != UInt8(ascii: "]") {
      guard json[index] == UInt8(ascii: "\"") else {
        index += 1
        continue
      }
      let isName = index > 0 && json[(index - 1)...].starts(with: nameKey)
      let start = isName ? index - 1 + nameKey.count : index + 1
      guard let close = closingQuote(from: start, in: json) else { return names }
      if isName { names.append(String(decoding: unescaped(json[start..<close]), as: UTF8.self)) }
      index = close + 1
    }
    return names
  }

  private static func end(of key: [UInt8], in json: [UInt8]) -> Int? {
    guard json.count >= key.count else { return nil }
    for index in 0...(json.count - key.count) where json[index] == UInt8(ascii: ",") && json[index + 2] == key[2] {
      if json[index..<(index + key.count)].elementsEqual(key) { return index + key.count }
    }
    return nil
  }

  private static func closingQuote(from start: Int, in json: [UInt8]) -> Int? {
    var index = start
    while index < json.count {
      switch json[index] {
      case UInt8(ascii: "\""): return index
      case UInt8(ascii: "\\"): index += 2
      default: index += 1
      }
    }
    return nil
  }

  /// Resolves the escapes that `JSONWriter` writes: the database has no others.
  private static func unescaped(_ body: ArraySlice<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(body.count)
    var rest = body
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "n"): text.append(0x0a)
      case UInt8(ascii: "r"): text.append(0x0d)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"):
        text.append(UInt8(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16) ?? UInt8(ascii: "?"))
        rest = rest.dropFirst(4)
      case let other?: text.append(other)
      case nil: break
      }
    }
    return text
  }
}
