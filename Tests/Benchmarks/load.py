"""One run of the load generator, with CPU and memory read at the phases it reports."""

import json
import subprocess
import time
from pathlib import Path

from process_metrics import ProcessMetrics, Usage


class InvalidRun(Exception):
    """The run has no figures, for this reason."""


class NotAvailable(Exception):
    """The measured endpoint does not exist."""


class LoadGenerator:
    """The load generator's process. It reads a plan, reports phases, and ends when its standard input closes."""

    def __init__(self, program: Path, plan: dict):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.send_line(json.dumps(plan))

    def __enter__(self) -> "LoadGenerator":
        return self

    def __exit__(self, *_) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    @property
    def pid(self) -> int:
        return self.process.pid

    def send_line(self, text: str = "") -> None:
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def expect_phase(self, phase: str) -> dict:
        """Waits for the next phase, which must be this one; returns its report."""
        line = self.process.stdout.readline()
        if not line:
            raise InvalidRun("the load generator ended without a report")
        report = json.loads(line)
        if report["phase"] == "invalid":
            raise InvalidRun(report["reason"][:1000])
        if report["phase"] != phase:
            raise InvalidRun(f"the load generator reported {report['phase']}, not {phase}")
        return report


def measure(program: Path, plan: dict, metrics: ProcessMetrics, parts: int) -> tuple[dict, list[Usage]]:
    """The generator's result, and what each program used in each measured part."""
    with LoadGenerator(program, plan) as load:
        metrics.add("load", load.pid)
        load.expect_phase("opened")
        usage = []
        for _ in range(parts):
            load.expect_phase("measuring")
            before = metrics.read()
            load.expect_phase("measured")
            usage.append(metrics.read() - before)
        return load.expect_phase("done")["result"], usage


def measure_memory(program: Path, plan: dict, metrics: ProcessMetrics, settle_seconds: float) -> list[dict[str, int]]:
    """Bytes of memory of each program before any connection, and with the connections of each stage."""
    weights = [metrics.memory()]
    with LoadGenerator(program, plan) as load:
        for _ in plan["stages"]:
            load.expect_phase("opened")
            # Until then handshake buffers are freed and presence is published and stored.
            time.sleep(settle_seconds)
            weights.append(metrics.memory())
            load.send_line()
        load.expect_phase("done")
    return weights
