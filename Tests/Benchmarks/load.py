"""One run of the load generator, with the meters read at the moments it names."""

import json
import subprocess
import time
from pathlib import Path

from meter import Meter, Reading


class Void(Exception):
    """The run has no figures; says why."""


class Absent(Exception):
    """What was to be measured is not there."""


class Load:
    """The generator's process: a plan in, phases out. Ends when its standard input does."""

    def __init__(self, program: Path, plan: dict):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.say(json.dumps(plan))

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    @property
    def pid(self) -> int:
        return self.process.pid

    def say(self, text: str = "") -> None:
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def hear(self, phase: str) -> dict:
        """Waits for the next phase, which must be this one."""
        said = self.process.stdout.readline()
        if not said:
            raise Void("the load generator ended without a word")
        report = json.loads(said)
        if report["phase"] == "void":
            raise Void(report["reason"][:1000])
        if report["phase"] != phase:
            raise Void(f"the load generator said {report['phase']}, not {phase}")
        return report


def measure(program: Path, plan: dict, meter: Meter, parts: int) -> tuple[dict, list[Reading]]:
    """The generator's result, and what everything used in each of the measured parts."""
    with Load(program, plan) as load:
        meter.watch("load", load.pid)
        load.hear("opened")
        used = []
        for _ in range(parts):
            load.hear("measuring")
            before = meter.read()
            load.hear("measured")
            used.append(meter.read() - before)
        return load.hear("done")["result"], used


def weigh(program: Path, plan: dict, meter: Meter, settle_seconds: float) -> list[dict[str, int]]:
    """Bytes of memory of each program before any connection, and with as many as each stage has."""
    weights = [meter.memory()]
    with Load(program, plan) as load:
        for _ in plan["stages"]:
            load.hear("opened")
            # Buffers of the handshakes are let go of, presence is told and batched.
            time.sleep(settle_seconds)
            weights.append(meter.memory())
            load.say()
        load.hear("done")
    return weights
