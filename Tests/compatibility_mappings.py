#!/usr/bin/env python3
"""Writes Sources/Shared/TextSearch/CompatibilityMappings.swift from the Unicode data of Python: neither Swift's library nor C's has them."""

import unicodedata
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "Sources" / "Shared" / "TextSearch" / "CompatibilityMappings.swift"
COLUMNS = 132


def mappings() -> dict[int, str]:
    """The characters that NFKD takes apart and NFD does not, with their NFKD in lower case."""
    found = {}
    for code in range(0x80, 0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        text = chr(code)
        compatible = unicodedata.normalize("NFKD", text)
        if compatible != unicodedata.normalize("NFD", text):
            found[code] = unicodedata.normalize("NFKD", compatible.lower())
    return found


def entries() -> list[str]:
    """FIRST=MAPPING, or FIRST+N=MAPPING for a character and the N after it, whose mappings follow each other as they do."""
    found, waiting = [], sorted(mappings().items())
    while waiting:
        (code, mapping), count = waiting[0], 1
        if len(mapping) == 1:
            while count < len(waiting) and waiting[count] == (code + count, chr(ord(mapping) + count)):
                count += 1
        run = f"+{count - 1:x}" if count > 1 else ""
        found.append(f"{code:x}{run}=" + ".".join(f"{ord(part):x}" for part in mapping))
        waiting = waiting[count:]
    return found


def render() -> str:
    lines = [""]
    for entry in entries():
        if len(lines[-1]) + 1 + len(entry) > COLUMNS:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + entry
    table = "\n".join(f"    {line}" for line in lines)
    return f'''// Characters that stand for others: ligatures, full-width letters, letters in circles. Written by Tests/compatibility_mappings.py.

/// Unicode {unicodedata.unidata_version}: the characters whose compatibility decomposition (NFKD) is not the canonical one, with it, in lower case.
enum CompatibilityMappings {{
  /// Nil for a character that stands for itself.
  static func mapping(of scalar: Unicode.Scalar) -> ArraySlice<Unicode.Scalar>? {{
    // Most of the letters of the world have none.
    guard scalar.value >= 0xa0, !(0x3400...0xa69b).contains(scalar.value), let place = table.places[scalar.value] else {{ return nil }}
    return table.scalars[place]
  }}

  private static let table = read(text)

  private static func read(_ text: String) -> (places: [UInt32: Range<Int>], scalars: [Unicode.Scalar]) {{
    var (places, scalars) = ([UInt32: Range<Int>](), [Unicode.Scalar]())
    for entry in text.split(whereSeparator: \\.isWhitespace) {{
      let sides = entry.split(separator: "=")
      let run = sides[0].split(separator: "+").map {{ UInt32($0, radix: 16) ?? 0 }}
      let mapping = sides[1].split(separator: ".").map {{ UInt32($0, radix: 16) ?? 0 }}
      for offset in 0...(run.count > 1 ? run[1] : 0) {{
        let start = scalars.count
        scalars += mapping.compactMap {{ Unicode.Scalar($0 + offset) }}
        places[run[0] + offset] = start..<scalars.count
      }}
    }}
    return (places, scalars)
  }}

  /// FIRST=MAPPING, or FIRST+N=MAPPING for a character and the N after it, whose mappings follow each other as they do. Hexadecimal.
  private static let text = """
{table}
    """
}}
'''


if __name__ == "__main__":
    FILE.write_text(render())
    print(f"{FILE}: Unicode {unicodedata.unidata_version}")
