"""Stops one thread of a process, as if it hung, with ptrace(2)."""

import contextlib
import ctypes
import os
from pathlib import Path

from .server import wait_until

ATTACH, DETACH = 16, 17
# Of waitpid: threads as well as processes.
WALL = 0x40000000

_libc = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def stopped_thread(pid: int, name: str):
    """Stops the thread of that name until it ends or the context is left. Lends a function that waits until it has ended."""
    [thread] = [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir() if (task / "comm").read_text().strip() == name]
    _ptrace(ATTACH, thread)
    os.waitpid(thread, WALL)
    ended = False

    def wait_for_its_end(within: float) -> None:
        nonlocal ended
        # A process that is killed stays until the tracer has heard of its thread's end.
        wait_until(lambda: os.waitpid(thread, WALL | os.WNOHANG)[0] == thread, within, f"{name} of process {pid} has ended")
        ended = True

    try:
        yield wait_for_its_end
    finally:
        if not ended:
            _ptrace(DETACH, thread)


def _ptrace(request: int, thread: int) -> None:
    if _libc.ptrace(request, thread, None, None) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"ptrace: {os.strerror(number)}")
