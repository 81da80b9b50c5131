"""Messages that would break a page: marks and words without end, other directions, depths."""

VANDALS = {
    "marks": "Z" + "\u0301\u0316\u0489" * 1300,
    "a long word": "W" * 4000,
    "a direction": "\u202e\u2067\u202devil \u202e" * 50,
    "lines": "\n".join("x" * 3 for _ in range(3)) + "\n" * 900,
    "code": "```\n" + "X" * 3990 + "\n```",
    "quotes": "> " * 1500 + "deep",
    "items": "- " * 1500 + "deep",
    "a table of box drawing": "█" * 2000,
    "Arabic ligatures": "\ufdfd" * 500,
    "thousands of tabs": "\t" * 3000 + "x",
}

# What would run, if anything of a message did.
RUNNING = [
    "[click](javascript:window.ran=1) [here](JaVaScRiPt:window.ran=1) [or](java\tscript:window.ran=1)",
    "[there](data:text/html,<script>window.ran=1</script>) [where](vbscript:window.ran=1) [so](blob:null/1)",
    "<img src=x onerror=window.ran=1><script>window.ran=1</script><svg onload=window.ran=1>",
    'javascript:window.ran=1 vbscript:window.ran=1 blob:null/1 www.example.org"onmouseover=window.ran=1',
]
