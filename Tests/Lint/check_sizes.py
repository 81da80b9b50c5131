#!/usr/bin/env python3
"""Fails on a Swift or JavaScript file that is too long, a Swift function that is too long, or a source file whose first line is no comment."""

import re
import sys
from pathlib import Path

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 60
PAGE_LINES_MAX = 200
# Of JavaScript: the modules of the web page, and their tests.
LINES_MAX = {f"nginx/html/{name}/": PAGE_LINES_MAX for name in ("net", "state", "parts", "elements")} | {"Tests/WebClient/": FILE_LINES_MAX}

FUNCTION = re.compile(r"^(\s*)(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+(?:\(\w+\))?\s+)*(?:func\b|init\b[?(<]|deinit\b|subscript\b)")
COMMENT = {".swift": ("//",), ".c": ("//",), ".h": ("//",), ".py": ("#", '"""'), ".js": ("//", "/*"), ".css": ("/*",)}


def functions(lines):
    """Yields first line number, length and header of each function: from its first line to the closing brace at its indentation."""
    for start, line in enumerate(lines):
        if not (match := FUNCTION.match(line)) or line.rstrip().endswith("}"):
            continue
        for end in range(start + 1, len(lines)):
            text = lines[end]
            if not text.strip() or len(text) - len(text.lstrip()) > len(match[1]):
                continue
            if text.strip().startswith("}"):
                yield start + 1, end - start + 1, line.strip()
                break
            if not re.match(r"\s*(\)|where\b|->)", text):
                break  # a requirement of a protocol: it has no body


def faults(root):
    files = [file for place in ("Sources", "Tests", "nginx/html") for file in sorted((root / place).rglob("*")) if file.suffix in COMMENT]
    for file in files:
        if "vendor" in file.parts:
            continue  # fetched by `make docs`
        name = file.relative_to(root)
        lines = file.read_text().splitlines()
        first = lines[1] if lines and lines[0].startswith("#!") and len(lines) > 1 else lines[0] if lines else ""
        if lines and not first.startswith(COMMENT[file.suffix]):
            yield f"{name}:1: the first line is not a comment"
        for folder, most in LINES_MAX.items():
            if file.suffix == ".js" and str(name).startswith(folder) and len(lines) > most:
                yield f"{name}: {len(lines)} lines; at most {most}"
        if file.suffix != ".swift":
            continue
        if len(lines) > FILE_LINES_MAX:
            yield f"{name}: {len(lines)} lines; at most {FILE_LINES_MAX}"
        for number, length, header in functions(lines):
            if length > FUNCTION_LINES_MAX:
                yield f"{name}:{number}: a function of {length} lines; at most {FUNCTION_LINES_MAX}: {header}"


def main():
    found = list(faults(Path(__file__).resolve().parents[2]))
    for fault in found:
        print(fault, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
