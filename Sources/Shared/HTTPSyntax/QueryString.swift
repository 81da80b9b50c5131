// The query of a URL: `name=value&name=value` (application/x-www-form-urlencoded).

public enum QueryString {
  public typealias Items<Text: Collection<UInt8>> = LazyMapSequence<[Text.SubSequence], (name: Text.SubSequence, value: Text.SubSequence)>

  /// The items in their order, still encoded: decode both with `PercentEncoding.decode(_:plusIsSpace: true, into:)`. Empty items are left
  /// out; an item without `=` has an empty value.
  @inlinable
  public static func items<Text: Collection<UInt8>>(of text: Text) -> Items<Text> {
    text.split(separator: UInt8(ascii: "&")).lazy.map { item in
      let equals = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
      return (item[..<equals], item[equals...].dropFirst())
    }
  }
}
