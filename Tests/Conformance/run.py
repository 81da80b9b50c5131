"""Runs the Autobahn WebSocket cases against the daemon's codec and event loop: `run.py ECHO_PROGRAM`. Every case must pass."""

import asyncio
import re
import subprocess
import sys

from kosoku import FailureError, run_fuzzingclient

# The daemon offers no compression, so its cases do not apply.
EXCLUDED = ["12.*", "13.*"]
PASSING = {"OK", "INFORMATIONAL"}
LISTENING = re.compile(r"listening on (\S+:\d+)")
# Fails if the suite runs fewer cases than expected.
CASES = 301


async def run_cases(address: str) -> list:
    try:
        return await run_fuzzingclient(f"ws://{address}/", None, EXCLUDED, concurrency=4)
    except FailureError as error:
        return error.results


def main() -> int:
    echo = subprocess.Popen([sys.argv[1], "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        first = echo.stdout.readline()
        if not (listening := LISTENING.search(first)):
            print(f"{sys.argv[1]} did not print where it listens: {first}")
            return 1
        results = asyncio.run(run_cases(listening[1]))
    finally:
        echo.kill()
        echo.wait()
    failed = [case for case in results if not {case.behavior.value, case.behavior_close.value} <= PASSING]
    for case in failed:
        print(f"case {case.case_id}: {case.behavior.value}, close {case.behavior_close.value}: {case.result}")
    if len(results) != CASES:
        print(f"{len(results)} cases were run, not {CASES}")
    print(f"conformance: {len(results) - len(failed)} passed, {len(failed)} failed")
    return 0 if len(results) == CASES and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
