"""Uploads beside live messages: ten a second, of pictures and of large files, while a room of subscribers hears a message every 50 ms.

Turns with and without uploads alternate, so that both meet the same machine. The p99 of the deliveries beside uploads stays below 1.2 times
that without (of each pair of turns; the median of the pairs counts). The control hashes on every core meanwhile, as a decoder in the way of
the daemon would, and must not stay below.

    python -m Reliability.uploads --seconds 10 --turns 6
"""

import asyncio
import hashlib
import http.client
import json
import multiprocessing
import os
import statistics
import sys
import threading
import time
from pathlib import Path

from support.clients import TestUser, TestUsers
from support.pictures import scene
from support.server import Server
from support.writer_connection import connecting

from .disturbed import main

SECONDS, TURNS = 10, 6
SUBSCRIBERS = 50
MESSAGES_A_SECOND, UPLOADS_A_SECOND = 20, 10
RATIO_MAX = 1.2


def photo() -> bytes:
    """Three megapixels, as a phone scales a picture down before it sends it."""
    import io

    out = io.BytesIO()
    scene(2048, 1536).save(out, "JPEG", quality=85)
    return out.getvalue()


async def listen(user: TestUser, ages: list[float], welcomed: list[str]) -> None:
    async with connecting(user) as connection:
        welcomed.append(await connection.recv())
        async for text in connection:
            if text.startswith('{"event":"new_message"') and '"content":"at ' in text:
                ages.append(time.monotonic() - float(text.partition('"content":"at ')[2].partition('"')[0]))


def upload(port: int, token: str, seconds: float, bodies: list[tuple[str, bytes]], statuses) -> None:
    """Starts an upload ten times a second, whether the earlier ones are done or not. Runs in a process that comes after all others."""
    os.nice(19)

    def one(media_type: str, content: bytes) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": media_type}
        connection.request("POST", "/api/v1/files", body=content, headers=headers)
        statuses.put(connection.getresponse().status)
        connection.close()

    threads = []
    started = time.monotonic()
    for number in range(int(seconds * UPLOADS_A_SECOND)):
        time.sleep(max(0.0, started + number / UPLOADS_A_SECOND - time.monotonic()))
        threads.append(threading.Thread(target=one, args=bodies[number % len(bodies)]))
        threads[-1].start()
    for thread in threads:
        thread.join()


def hash_for(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        hashlib.sha256(bytes(1 << 20)).digest()


async def turn(alice: TestUser, room: str, ages: list[float], seconds: float) -> float:
    """Sends for so long; returns the p99 of the deliveries in seconds."""
    ages.clear()
    started = time.monotonic()
    for number in range(int(seconds * MESSAGES_A_SECOND)):
        await asyncio.sleep(max(0.0, started + number / MESSAGES_A_SECOND - time.monotonic()))
        await alice.post_message(room, f"at {time.monotonic()}")
    wanted = int(seconds * MESSAGES_A_SECOND) * SUBSCRIBERS
    while len(ages) < wanted:
        await asyncio.sleep(0.02)
        assert time.monotonic() - started < seconds + 30, f"{len(ages)} of {wanted} deliveries"
    return statistics.quantiles(ages, n=100)[98]


async def _run(server: Server, seconds: float, turns: int, *, is_control: bool) -> tuple[list[float], list[int]]:
    async with TestUsers(server) as users:
        alice, bob, mallory = await users.register_all("alice", "bob", "mallory")
        room = (await alice.create_room("group", members=[bob]))["room_id"]
        ages: list[float] = []
        welcomed: list[str] = []
        listeners = [asyncio.create_task(listen(bob, ages, welcomed)) for _ in range(SUBSCRIBERS)]
        while len(welcomed) < SUBSCRIBERS:
            await asyncio.sleep(0.02)
        bodies = [("image/jpeg", photo()), ("application/octet-stream", os.urandom(2 << 20))]
        ratios, statuses = [], []
        await turn(alice, room, ages, 1)
        for number in range(turns):
            quiet = await turn(alice, room, ages, seconds)
            if is_control:
                busy = [multiprocessing.Process(target=hash_for, args=(seconds,)) for _ in range(4 * (os.cpu_count() or 1))]
                for process in busy:
                    process.start()
                beside = await turn(alice, room, ages, seconds)
                for process in busy:
                    process.join()
            else:
                answers: multiprocessing.Queue = multiprocessing.Queue()
                uploader = multiprocessing.Process(target=upload, args=(server.port, mallory.access_token, seconds, bodies, answers))
                uploader.start()
                beside = await turn(alice, room, ages, seconds)
                statuses += [await asyncio.to_thread(answers.get) for _ in range(int(seconds * UPLOADS_A_SECOND))]
                uploader.join()
            ratios.append(beside / quiet)
            print(f"turn {number + 1}: p99 {quiet * 1000:.1f} ms, beside {beside * 1000:.1f} ms: {ratios[-1]:.2f}", flush=True)
        for listener in listeners:
            listener.cancel()
        return ratios, statuses


def run(directory: Path, seconds: float, turns: int, *, is_control: bool = False) -> tuple[float, list[int]]:
    """The median of the ratios, and the statuses of the uploads."""
    settings = {"ECHOCHAT_FILES_PER_USER_BYTES": "off", "ECHOCHAT_FILES_TOTAL_BYTES": "off"}
    with Server(directory / ("control" if is_control else "d"), **settings) as server:
        ratios, statuses = asyncio.run(_run(server, seconds, turns, is_control=is_control))
    return statistics.median(ratios), statuses


def programme(directory: Path, options, seed: int) -> bool:
    ratio, statuses = run(directory, options.seconds, options.turns)
    print(json.dumps({"ratio": round(ratio, 2), "uploads": len(statuses), "stored": statuses.count(201)}))
    control, _ = run(directory, options.seconds, 2, is_control=True)
    print(f"control: {control:.2f}")
    return ratio <= RATIO_MAX < control and set(statuses) == {201}


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, seconds=SECONDS, turns=TURNS))
