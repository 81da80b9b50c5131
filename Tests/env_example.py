#!/usr/bin/env python3
"""Prints .env.example: the table of settings of the README, for a container. `python3 Tests/env_example.py > .env.example`."""

import re
import textwrap
from pathlib import Path

HEAD = """\
# The settings of EchoChat in a container: copy this to .env, and take away the # before what you change. README.md has the same table.
# The image itself sets ECHOCHAT_DATA, ECHOCHAT_RUN, ECHOCHAT_LISTEN and ECHOCHAT_LOG_TO, compose.yaml ECHOCHAT_PROXIES.
"""

# What the image sets, and what has no use beside that.
OF_THE_IMAGE = {"PORT", "DATA", "RUN", "LISTEN", "PROXIES", "LOG_TO", "LOG_FILE", "LOG_BYTES", "USER", "CORE_DUMPS", "CONFIG"}


def example(readme: str) -> str:
    parts = [HEAD]
    for name, default, meaning in re.findall(r"^\| `ECHOCHAT_(\w+)` \| ?(.*?) ?\| (.*) \|$", readme, re.MULTILINE):
        if name in OF_THE_IMAGE:
            continue
        value = re.fullmatch(r"`([^`]*)`", default)
        # A default in words stands in the comment.
        words = re.sub(r"\[(.*?)\]\(.*?\)", r"\1", f"{meaning} (default: {default})" if default and not value else meaning).replace("`", "")
        parts.append(textwrap.fill(words, 118, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False, break_long_words=False))
        parts.append(f"#ECHOCHAT_{name}={value[1] if value else ''}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    print(example((Path(__file__).parents[1] / "README.md").read_text()), end="")
