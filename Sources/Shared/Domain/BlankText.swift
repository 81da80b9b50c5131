// Which text shows nothing, and so counts as empty.

extension String {
  /// Whether no character of the text is visible, in any font: then a reader sees an empty field, whatever it is made of. Text with a visible
  /// character may have any invisible ones beside it: emoji, Persian and Hebrew need them.
  var showsNothing: Bool { unicodeScalars.allSatisfy(\.showsNothing) }
}

extension Unicode.Scalar {
  fileprivate var showsNothing: Bool {
    switch value {
    // Most text begins with one of these.
    case 0x21...0x7e: false
    case ...0xa0: true
    // Blank without being white space: the empty braille pattern, the anchors of annotations, the place of an object, the filler of Khitan
    // script, the joiners of hieroglyphs, and the null notehead of music.
    case 0x2800, 0xfff9...0xfffc, 0x16fe4, 0x13430...0x13440, 0x1d159: true
    // Default ignorable are zero-width characters, the Hangul fillers, variation selectors, tags and the signs of direction.
    default: properties.isWhitespace || properties.isDefaultIgnorableCodePoint
    }
  }
}
