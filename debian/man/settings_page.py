#!/usr/bin/env python3
"""Prints echochat.conf(5) as scdoc reads it, from the table of settings in README.md: settings_page.py README.md"""

import re
import sys

HEAD = """echochat.conf(5)

# NAME

echochat.conf - settings of EchoChat

# DESCRIPTION

Every program and every command of EchoChat reads _/etc/echochat/echochat.conf_ when it starts, or the file that the environment variable
*ECHOCHAT\\_CONFIG* names. Environment variables of the same names win.

A line is empty, a comment that begins with #, or NAME=value. A value with $, a quote, a backslash or # after a space stands in single
quotes; in double quotes a backslash may stand before \\" and \\\\ alone. Any other line stops the start with its number. systemd
(EnvironmentFile=) and Docker Compose (env\\_file) read the same.

After a change, restart the services: *systemctl restart echochat-rest echochat-push echochat-outbound*

# SETTINGS

"""

TAIL = """# SEE ALSO

*echochatctl*(8), *echochat-rest*(8), *echochat-push*(8), *echochat-outbound*(8)
"""


def escaped(text: str) -> str:
    """Without the marks of Markdown, and with what scdoc would read as marks escaped."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text).replace("`", "")
    return re.sub(r"([\\_*])", r"\\\1", text)


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = re.findall(r"^\| `(ECHOCHAT_[A-Z_]+)` \| (.*?) ?\| (.*) \|$", file.read(), re.MULTILINE)
    if not rows:
        sys.exit(f"{sys.argv[1]}: there is no table of settings")
    print(HEAD, end="")
    for name, default, text in rows:
        print(f"*{escaped(name)}*")
        standard = f" Default: {escaped(default)}." if default.strip() else ""
        print(f"\t{escaped(text).rstrip('.')}.{standard}\n")
    print(TAIL, end="")


main()
