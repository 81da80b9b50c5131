"""A user of the site: over REST and WebSocket, through nginx."""

import collections
import socket
import time
import uuid

import httpx
from websockets.sync.client import connect

HOST = "chat.example.org"
PASSWORD = "a long walk on the beach"
PAUSE_SECONDS = 0.02


class Visitor:
    """Signs up and has a room. Everything happens in the network of the calling thread."""

    def __init__(self):
        self.client = httpx.Client(base_url="http://127.0.0.1", headers={"Host": HOST}, timeout=30, trust_env=False)
        self.name = f"u{uuid.uuid4().hex[:12]}"
        account = self.json("POST", "/api/v1/auth/register", json={"username": self.name, "password": PASSWORD})
        self.client.headers["Authorization"] = f"Bearer {account['access_token']}"
        self.room = self.json("POST", "/api/v1/rooms", json={"kind": "group", "name": "Traffic"})["room_id"]
        self.said: set[str] = set()

    def json(self, method: str, path: str, **more) -> dict:
        answer = self.client.request(method, path, **more)
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json()

    def say(self, text: str) -> httpx.Response:
        key = {"Idempotency-Key": uuid.uuid4().hex}
        answer = self.client.post(f"/api/v1/rooms/{self.room}/messages", json={"content": text}, headers=key)
        if answer.status_code == 201:
            self.said.add(text)
        return answer

    def stored(self) -> collections.Counter[str]:
        """How often each message of the room is there."""
        found: collections.Counter[str] = collections.Counter()
        before: dict[str, int] = {}
        path = f"/api/v1/rooms/{self.room}/messages"
        while messages := self.json("GET", path, params={"limit": 100, **before})["messages"]:
            found.update(message["content"] for message in messages)
            before = {"before": min(message["seq"] for message in messages)}
        return found

    def hears_itself(self) -> bool:
        """Whether a message that is posted over REST arrives at a WebSocket."""
        token = self.client.headers["Authorization"]
        plain = socket.create_connection(("127.0.0.1", 80), timeout=10)
        with connect(f"ws://{HOST}/ws", sock=plain, additional_headers={"Authorization": token}, proxy=None) as line:
            text = f"{self.name} hears this"
            while '"welcome"' not in line.recv(10):
                pass
            assert self.say(text).status_code == 201
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                if text in line.recv(10):
                    return True
        return False

    def upload(self, picture: bytes) -> dict:
        return self.json("POST", "/api/v1/files", content=picture, headers={"Content-Type": "image/png", "X-Filename": "a.png"})

    def visit(self, count: int) -> collections.Counter[str]:
        """Posts, reads and asks for the health by turns; how often each status came."""
        statuses: collections.Counter[str] = collections.Counter()
        for number in range(count):
            if number % 3 == 0:
                answer = self.say(f"{self.name} {number} {uuid.uuid4().hex}")
            else:
                answer = self.client.get("/healthz" if number % 3 == 1 else "/api/v1/auth/me")
            statuses[f"{answer.request.method} {answer.status_code}"] += 1
            time.sleep(PAUSE_SECONDS)
        return statuses
