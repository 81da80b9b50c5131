// The file of token keys: created once, by the program that starts first, and read by all programs.

internal import Glibc
internal import HTTPSyntax

extension KeyRing {
  /// The longest file that is read. Sixteen keys take 2 KiB.
  static let fileBytesMax = 16 << 10

  /// Reads the key ring from the file at `path`. If there is no file, creates it with one new key.
  ///
  /// The file has one `name secret` per line (the secret in base64url, 32–64 bytes), the signing key first; lines that begin with `#`
  /// are comments. Only its owner may have access. Throws errors for the operator; nothing is guessed or overwritten.
  public static func load(from path: String) throws(KeyRingError) -> KeyRing {
    if let ring = try read(path) { return ring }
    try create(path)
    // Reads also after creating, so that it does not matter which file won when two programs start at once.
    guard let ring = try read(path) else { throw .system(path: path, operation: "open", code: ENOENT) }
    return ring
  }

  /// Nil if there is no such file.
  private static func read(_ path: String) throws(KeyRingError) -> KeyRing? {
    guard access(path, F_OK) == 0 || errno != ENOENT else { return nil }
    // O_NONBLOCK, so that a pipe at this path is rejected below and not waited for.
    let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
    let status = try file.status(path)
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
    guard status.st_mode & 0o077 == 0 else { throw .openToOthers(path: path, mode: status.st_mode & 0o7777) }
    let bytes = try file.contents(path, bytesMax: fileBytesMax)
    return KeyRing(keys: try parse(bytes, path))
  }

  /// Creates the complete file or nothing. It is no error if another program was quicker.
  private static func create(_ path: String) throws(KeyRingError) {
    let draft = "\(path).\(Random.id())"
    let text = "# The keys of EchoChat's access tokens: the first signs, all verify. Anyone who can read this file can sign in as anyone.\n"
    let file = try OpenFile(draft, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600, operation: "create")
    defer { unlink(draft) }
    try file.write(Array("\(text)\(Random.id()) \(Random.secret())\n".utf8), draft)
    try file.sync(draft)
    // link() and not rename(): it fails if the name is taken, where rename() would replace the ring that the other program just made
    // and has already signed with.
    guard link(draft, path) == 0 || errno == EEXIST else { throw .system(path: path, operation: "link", code: errno) }
    try OpenFile.syncDirectory(of: path)
  }

  private static func parse(_ bytes: [UInt8], _ path: String) throws(KeyRingError) -> [SigningKey] {
    var keys: [SigningKey] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty && line.first != UInt8(ascii: "#") {
      func malformed(_ reason: String) -> KeyRingError { .malformed(path: path, line: index + 1, reason: reason) }

      let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
      guard words.count == 2 else { throw malformed("expected a name, one space and a secret") }
      let name = words[0]
      guard SigningKey.isName(name) else { throw malformed("a name is 1 to 32 of A-Z a-z 0-9 - _") }
      guard !keys.contains(where: { $0.name == name }) else { throw malformed("the name is used twice") }
      guard let secret = Base64URL.decode(words[1]) else { throw malformed("the secret is not base64url without padding") }
      guard (secretBytesMin...secretBytesMax).contains(secret.count) else { throw malformed("a secret has 32 to 64 bytes") }
      // All but one in 10^15 random secrets have 16 or more different bytes; "AAAA…" and other placeholders have fewer.
      guard Set(secret).count >= 16 else { throw malformed("the secret is not random") }
      guard keys.count < keysMax else { throw malformed("there are more than 16 keys") }
      keys.append(SigningKey(name: name, secret: secret))
    }
    guard !keys.isEmpty else { throw .malformed(path: path, line: 0, reason: "it holds no key") }
    return keys
  }
}
