"""Runs Autobahn's WebSocket cases against the daemon's own codec and loop: `run.py ECHO_PROGRAM`. Every case must pass strictly."""

import asyncio
import re
import subprocess
import sys

from kosoku import FailureError, run_fuzzingclient

# Compression is not offered, so its cases have nothing to ask.
LEFT_OUT = ["12.*", "13.*"]
GOOD = {"OK", "INFORMATIONAL"}
LISTENING = re.compile(r"listening on (\S+:\d+)")
# Without this, a suite that runs fewer cases would prove less and nobody would notice.
CASES = 301


async def examine(address: str) -> list:
    try:
        return await run_fuzzingclient(f"ws://{address}/", None, LEFT_OUT, concurrency=4)
    except FailureError as failure:
        return failure.results


def main() -> int:
    echo = subprocess.Popen([sys.argv[1], "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        first = echo.stdout.readline()
        if not (listening := LISTENING.search(first)):
            print(f"{sys.argv[1]} did not say where it listens, but: {first}")
            return 1
        results = asyncio.run(examine(listening[1]))
    finally:
        echo.kill()
        echo.wait()
    bad = [case for case in results if not {case.behavior.value, case.behavior_close.value} <= GOOD]
    for case in bad:
        print(f"case {case.case_id}: {case.behavior.value}, close {case.behavior_close.value}: {case.result}")
    if len(results) != CASES:
        print(f"{len(results)} cases were run, not {CASES}")
    print(f"conformance: {len(results) - len(bad)} passed, {len(bad)} failed")
    return 0 if len(results) == CASES and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
