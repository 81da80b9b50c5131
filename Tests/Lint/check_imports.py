#!/usr/bin/env python3
"""Compares what each Swift file imports with what its target declares in Package.swift, and fails on a difference.

The build lets undeclared imports pass: `--explicit-target-dependency-import-check error` does not see them on this toolchain.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

# Modules of the toolchain: every target may import them.
TOOLCHAIN = {"Swift", "Glibc", "Synchronization", "FoundationEssentials", "Foundation", "Testing", "PackageDescription"}

# Modules that only the targets named here may import, and tests.
RESTRICTED = {
    "Store": {"Chat", "EchoChatCtl"},
}

# Targets that may import only these modules of ours, whatever Package.swift says.
LEAVES = {
    "Configuration": {"Domain", "HTTPSyntax", "TextSearch"},
    "Domain": set(),
    "HTTPSyntax": set(),
    "Media": {"Posix"},
    "Posix": {"CLinux"},
    "TextSearch": set(),
    "WebSocket": {"HTTPSyntax"},
    "Wire": {"Domain"},
}

IMPORT = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:\w+\s+)?(\w+)")


def imports(file):
    """Yields line number and module of each import."""
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if match := IMPORT.match(line):
            yield number, match[1]


def source_files(root, target):
    """The Swift files of a target: all below its path that are not in an excluded directory."""
    path = root / target["path"]
    excluded = [path / name for name in target["exclude"]]
    return [file for file in sorted(path.rglob("*.swift")) if not any(file.is_relative_to(place) for place in excluded)]


def faults(root, targets):
    ours = {target["name"] for target in targets}
    for target in targets:
        name = target["name"]
        is_test = target["type"] == "test" or target["path"].startswith("Tests/")
        declared = {dependency["byName"][0] for dependency in target["dependencies"]}
        imported = set()
        for file in source_files(root, target):
            for number, module in imports(file):
                place = f"{file.relative_to(root)}:{number}"
                if module in TOOLCHAIN:
                    continue
                imported.add(module)
                if module not in declared:
                    yield f"{place}: {name} imports {module}, which is not among its dependencies in Package.swift"
                if module in RESTRICTED and not is_test and name not in RESTRICTED[module]:
                    yield f"{place}: {name} may not import {module}; only {', '.join(sorted(RESTRICTED[module]))} may"
                if name in LEAVES and module in ours - LEAVES[name]:
                    yield f"{place}: {name} may not import {module}"
        # Targets in C include headers, which are not read here; tests may declare what their next test will use.
        if not is_test and not target["path"].startswith("Sources/Shared/CLibraries"):
            for module in sorted(declared - imported):
                yield f"Package.swift: {name} depends on {module}, which none of its files imports"


def main():
    root = Path(__file__).resolve().parents[2]
    dump = subprocess.run(["swift", "package", "dump-package"], cwd=root, check=True, capture_output=True, text=True)
    targets = [target for target in json.loads(dump.stdout)["targets"] if target["type"] != "system"]
    found = list(faults(root, targets))
    for fault in found:
        print(fault, file=sys.stderr)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
