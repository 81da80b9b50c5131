"""Draws the rates as bars; bars of the same unit have the same scale."""

from xml.sax.saxutils import escape

from systems import OWN

WIDTH, LABEL, BAR, STEP = 1000, 260, 480, 26
OWN_COLOUR, OTHERS_COLOUR = "#3b6ea5", "#b9b9b9"


def draw_chart(rows: list[dict], caption: str) -> str:
    """An SVG document of rectangles and text."""
    rates = [row for row in rows if "rate" in row]
    units = list(dict.fromkeys(row["unit"] for row in rates))
    parts, top = [_text(10, 20, caption, size=11)], 50
    for unit in units:
        group = [row for row in rates if row["unit"] == unit]
        most = max(row["rate"] for row in group) or 1
        parts.append(_text(10, top, f"{unit} a second", weight="bold"))
        top += 10
        for row in group:
            length = BAR * row["rate"] / most
            parts.append(_text(10, top + 15, f"{row['label']} {row['path']} {row['system']}"))
            colour = OWN_COLOUR if row["system"] == OWN else OTHERS_COLOUR
            parts.append(f'<rect x="{LABEL}" y="{top}" width="{length:.1f}" height="{STEP - 6}" fill="{colour}"/>')
            parts.append(_text(LABEL + length + 8, top + 15, _figures(row)))
            top += STEP
        top += 24
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" font-family="sans-serif" font-size="13">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def _figures(row: dict) -> str:
    p99 = row["latency_us"].get("p99")
    text = f"{row['rate']:,.0f}" + (f", p99 {p99 / 1000:.1f} ms" if p99 is not None else "")
    ratio = row.get("echochat_to_this", {}).get("rate")
    return text + (f"; {OWN} × {ratio:.2f}" if ratio is not None else "")


def _text(x: float, y: float, text: str, size: int = 13, weight: str = "normal") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" font-weight="{weight}">{escape(text)}</text>'
