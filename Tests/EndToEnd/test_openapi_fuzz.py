"""Fuzzes the REST API from its document with schemathesis, signed in and not: no server errors, no undocumented answers, no open doors.

A minute here; `--openapi-seconds 1800` makes it long.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.api_document import PATH
from support.clients import TestUser, TestUsers
from support.server import Server

# Not the one in the document's examples: with it the account could be deleted.
PASSWORD = "a password that no example has"
CHECKS = Path(__file__).parent / "support" / "fuzz_checks.py"

SETTINGS = """
hooks = "{checks}"
continue-on-failure = true
request-timeout = 20
warnings = false

[generation]
max-examples = {examples}
database = "none"
# NUL in a URL or a form is a malformed request (400), which no schema says; test_bad_input_rest_*.py send it.
allow-x00 = false

[checks.positive_data_acceptance]
# 422 as well: text must not be blank, names may be reserved and passwords common, which no schema says. (429: changes of a profile.)
# 414 as well, here and below: several parameters together may make a URL too long.
# 416: a range may lie behind the end of the file.
expected-statuses = ["2xx", "3xx", 401, 403, 404, 409, 414, 416, 422, 429]

[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 428, 429, 431, "5xx"]

[[operations]]
include-operation-id = "logout"
# A browser may sign out with a cookie whose session has ended: the answer is the same, and clears it.
checks.ignored_auth.enabled = false

# The name of a file is percent-encoded UTF-8, which no schema says.
[[operations]]
include-operation-id = ["uploadFile", "setAvatar"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", 400, 401, 403, 404, 409, 413, 414, 422, 429]
"""
NOT_SIGNED_IN = """
[auth]
auto-signup = false
"""
SIGNED_IN = """
# A session that the fuzzing has ended is replaced.
[auth.dynamic.openapi.bearer]
path = "/api/v1/auth/login"
payload = {{ username = "{username}", password = "{password}" }}
extract_selector = "/access_token"
retry_on = [401]
"""


def fuzz(server: Server, directory: Path, seconds: int, settings: str, *options: str, document: Path = PATH) -> tuple[dict, str]:
    """Runs schemathesis with all its checks and ours; returns its report and what it printed."""
    configuration, report = directory / "schemathesis.toml", directory / "report.json"
    configuration.write_text(SETTINGS.format(checks=CHECKS, examples=10 * seconds) + settings)
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(configuration), "run", str(document), "--url", server.url]
    command += ["--max-time", str(seconds), "--report-json-path", str(report), "--no-color", *options]
    environment = os.environ | {"API_DOCUMENT": str(document)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 120, cwd=directory, env=environment)
    assert report.exists(), done.stdout + done.stderr
    return json.loads(report.read_text()), done.stdout


def check(found: tuple[dict, str], seconds: int) -> int:
    """Checks that a report has no finding, and that it is about everything; returns the number of requests."""
    report, output = found
    assert report["errors"] == [] and report["failures"] == [], output
    requests = report["test_cases"]["generated"]
    assert report["operations"]["tested"] >= 60 and requests > 10 * seconds, report
    return requests


# The stream of events does not end by itself.
WITHOUT_STREAM = ("--exclude-operation-id", "streamEvents")


@pytest.fixture(scope="module")
def seconds(request) -> int:
    """How long each of the two may take."""
    return request.config.getoption("--openapi-seconds") // 2


@pytest.fixture
async def alice(own_server):
    async with TestUsers(own_server()) as users:
        alice = users.unregistered("alice")
        alice.password = PASSWORD
        yield await alice.register()


def as_user(user: TestUser) -> str:
    return SIGNED_IN.format(username=user.username, password=user.password)


@pytest.mark.timeout(0)
async def test_nothing_that_a_signed_in_user_sends_gets_an_undocumented_answer(alice, tmp_path, seconds, record_property):
    record_property("requests", check(fuzz(alice.server, tmp_path, seconds, as_user(alice), *WITHOUT_STREAM), seconds))


@pytest.mark.timeout(0)
async def test_nothing_that_somebody_who_is_not_signed_in_sends_gets_an_undocumented_answer(own_server, tmp_path, seconds, record_property):
    record_property("requests", check(fuzz(own_server(), tmp_path, seconds, NOT_SIGNED_IN, *WITHOUT_STREAM), seconds))


async def test_answers_that_are_not_as_documented_are_found(alice, tmp_path):
    """By the checks of schemathesis, and by the one that knows which problem codes an operation has."""
    document = json.loads(PATH.read_text())
    document["components"]["schemas"]["AddedBy"]["enum"] = ["nobody"]
    del document["components"]["responses"]["NotFound"]["content"]["application/problem+json"]["examples"]["not_found"]
    changed = tmp_path / "openapi.json"
    changed.write_text(json.dumps(document))
    only = ("--include-operation-id", "getUser", "--include-operation-id", "getPreferences")
    report, output = fuzz(alice.server, tmp_path, 5, as_user(alice), *only, document=changed)
    assert {failure["type"] for failure in report["failures"]} >= {"JsonSchemaError"}, output
    assert "code not_found is not documented" in output, output
