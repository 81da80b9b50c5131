"""The package under test, and the machine that it is installed on: one for all tests, which go on where the one before ended."""

import tempfile
from pathlib import Path

import machine as machines
import pytest

REPOSITORY = Path(__file__).parents[2]
BUILT = REPOSITORY / ".build" / "deb"


@pytest.fixture(scope="session")
def package() -> Path:
    found = sorted(BUILT.glob("echochat_*.deb"))
    assert len(found) == 1, f"make deb: there must be one package in {BUILT}"
    return found[0]


@pytest.fixture(scope="session")
def machine():
    if reason := machines.unavailable():
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as directory:
        machine = machines.Machine(machines.base(REPOSITORY / ".build" / "package-test"), Path(directory))
        machine.boot()
        try:
            yield machine
        finally:
            machine.halt()
