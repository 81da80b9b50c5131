"""The people and rooms that a workload needs, made through REST like everybody's."""

import http.client
import json
import random
import threading
from concurrent.futures import ThreadPoolExecutor

API = "/api/v1"
# Registering waits for the disk: several at a time share a sync.
HANDS = 16
WORDS = """
    the a we you they this that it train coffee meeting deploy branch lunch rain sunday release server phone idea door window garden
    is was will can should might looks sounds feels needs takes brings again later soon now maybe really almost never always together
    in on at for with without after before under about because although
""".split()


class Scene:
    def __init__(self, port: int):
        self.port = port
        self.local = threading.local()

    def people(self, count: int) -> list[str]:
        """Access tokens of new users."""
        return self._each(range(count), self._register)

    def crowd(self, count: int) -> tuple[list[str], str]:
        """New users, all in one new public room."""
        people = self.people(count)
        room = self._room(people[0], "public")
        self._each(people[1:], lambda token: self._call("POST", f"/rooms/{room}/join", token, {}))
        return people, room

    def hermits(self, count: int) -> list[tuple[str, str]]:
        """New users, each alone in a group."""
        people = self.people(count)
        return list(zip(people, self._each(people, lambda token: self._room(token, "group")), strict=True))

    def history(self, room: str, authors: list[str], count: int) -> None:
        """Messages of 60 to 120 characters, always the same ones."""
        chance = random.Random(50)
        for number in range(count):
            text = chance.choice(WORDS).capitalize()
            length = chance.randint(60, 119)
            while len(text) < length:
                text += " " + chance.choice(WORDS)
            content = text[:length].rstrip() + "."
            self._call("POST", f"/rooms/{room}/messages", authors[number % len(authors)], {"content": content}, 201)

    def _room(self, owner: str, kind: str) -> str:
        body = {"kind": kind, "name": "Lobby", "topic": "What the benchmark talks about"}
        return self._call("POST", "/rooms", owner, body, 201)["room_id"]

    def _register(self, number: int) -> str:
        body = {"username": f"bench{number}", "password": "a long walk on the beach", "display_name": f"Bench Person {number}"}
        return self._call("POST", "/auth/register", None, body, 201)["access_token"]

    @staticmethod
    def _each(items, action) -> list:
        with ThreadPoolExecutor(HANDS) as hands:
            return list(hands.map(action, items))

    def _call(self, method: str, path: str, token: str | None, body: dict, *expected: int) -> dict:
        """One request; each thread keeps its connection until nginx closes it."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = self.local.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, API + path, json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status not in (expected or (200, 201, 204)):
            raise RuntimeError(f"{method} {path}: {answer.status} {text.decode(errors='replace')}")
        return json.loads(text) if text else {}
