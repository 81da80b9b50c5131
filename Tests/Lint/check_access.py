#!/usr/bin/env python3
"""Fails on a Swift declaration with `package` access, which the compiler never inlines into another module (Sources/Decisions/0009)."""

import re
import sys
from pathlib import Path

PACKAGE = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*package\b(?!\s*=)")


def main():
    root = Path(__file__).resolve().parents[2]
    found = [
        f"{file.relative_to(root)}:{number}: `package` access: use `public`"
        for place in ("Sources", "Tests")
        for file in sorted((root / place).rglob("*.swift"))
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if PACKAGE.match(line)
    ]
    print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
