// What tells this machine from another.

public enum Machine {
  /// The machine's identifier (machine-id(5)), which stays the same through starts and updates and is not for everybody: only
  /// hashes of it are shown. Nil where there is none, as in most containers.
  public static func identifier(path: String = "/etc/machine-id") -> String? {
    guard let text = try? TextFile.read(path) else { return nil }
    let identifier = text.prefix { !$0.isWhitespace }
    // Until the first start is over it may be the word "uninitialized".
    return identifier.count == 32 && identifier.allSatisfy(\.isHexDigit) ? String(identifier) : nil
  }
}
