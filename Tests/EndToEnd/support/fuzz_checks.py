"""The project's own check of the answers that schemathesis gets (test_openapi_fuzz.py names this file to it)."""

import os
import sys
from pathlib import Path

import schemathesis

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.api_document import ApiDocument  # noqa: E402 (the path to it is known from here on)

document = ApiDocument.load(Path(os.environ["API_DOCUMENT"]))


@schemathesis.check
def as_documented(context, response, case) -> None:
    """The answer is exactly as the document says: also its problem code, and without any member that is not named."""
    headers = [(name.lower(), value) for name, values in response.headers.items() for value in values]
    target = response.request.path_url
    document.check(response.request.method, target, response.status_code, headers, response.content)
