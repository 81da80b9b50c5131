// A name for people of what a User-Agent header describes: browser and system.

/// Header values are a heap of names of other browsers, which each newer one took over: the first row that is found in them counts, so the
/// imitators stand before the imitated.
public enum UserAgent {
  /// Such as `Firefox on Windows`; of what is no known browser, the product's own name: `curl`, `python-requests`.
  public static func name(of header: String) -> String {
    let text = header.lowercased()
    let system = systems.first { text.contains($0.part) }?.name
    if let browser = browsers.first(where: { text.contains($0.part) })?.name {
      return system.map { "\(browser) on \($0)" } ?? browser
    }
    let product = product(in: header)
    // Another program that gives itself out as Mozilla has said nothing else of itself.
    if let product, product.lowercased() != "mozilla" { return system.map { "\(product) on \($0)" } ?? product }
    return system.map { "Browser on \($0)" } ?? "Unknown device"
  }

  /// The first product of RFC 9110 section 10.1.5, without its version, as far as it is a token.
  private static func product(in header: String) -> String? {
    let token = header.unicodeScalars.drop { $0 == " " }.prefix { scalar in
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": true
      default: false
      }
    }
    let name = String(String.UnicodeScalarView(token.prefix(productMax)))
    return name.contains(where: \.isLetter) ? name : nil
  }

  /// Characters of a product's name.
  private static let productMax = 32

  private static let browsers: [(part: String, name: String)] = [
    ("edg/", "Edge"), ("edga/", "Edge"), ("edgios/", "Edge"), ("edge/", "Edge"),
    ("opr/", "Opera"), ("opios/", "Opera"), ("opera", "Opera"),
    ("vivaldi/", "Vivaldi"), ("yabrowser/", "Yandex Browser"), ("samsungbrowser/", "Samsung Internet"), ("duckduckgo/", "DuckDuckGo"),
    ("ddg/", "DuckDuckGo"), ("brave/", "Brave"), ("electron/", "Desktop app"),
    ("fxios/", "Firefox"), ("focus/", "Firefox Focus"), ("seamonkey/", "SeaMonkey"), ("firefox/", "Firefox"),
    ("crios/", "Chrome"), ("headlesschrome/", "Chrome"), ("chromium/", "Chromium"), ("chrome/", "Chrome"),
    ("trident/", "Internet Explorer"), ("msie ", "Internet Explorer"),
    ("epiphany/", "GNOME Web"), ("safari/", "Safari"),
  ]

  private static let systems: [(part: String, name: String)] = [
    ("iphone", "iPhone"), ("ipad", "iPad"), ("ipod", "iPod"), ("android", "Android"), ("windows phone", "Windows Phone"),
    ("windows", "Windows"), ("cros ", "ChromeOS"), ("mac os x", "macOS"), ("macintosh", "macOS"), ("darwin", "macOS"),
    ("freebsd", "FreeBSD"), ("openbsd", "OpenBSD"), ("linux", "Linux"), ("x11", "Unix"),
  ]
}
