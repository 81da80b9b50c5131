"""The people of the tests: Alice, Bob and Mallory, each with a REST client and as many WebSocket lines as wanted."""

import asyncio
import secrets
import urllib.parse

import httpx

from .line import Line, NotAdmitted
from .server import Server

API = "/api/v1"
PASSWORD = "a long walk on the beach"


class Person:
    """A user of one server. Her tokens are those of the session she signed in with last."""

    def __init__(self, server: Server, username: str, password: str = PASSWORD):
        self.server = server
        self.username = username
        self.password = password
        self.user: dict = {}
        self.access_token = ""
        self.refresh_token = ""
        self.lines: list[Line] = []
        self._companions: list[Person] = []
        self._notebook: str | None = None
        # There is no TLS on the loopback: to read the certificates of all authorities would cost each person 26 ms.
        self.http = httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=10, verify=False)

    @property
    def user_id(self) -> str:
        return self.user["user_id"]

    # REST

    async def request(self, method: str, path: str, token: str | None = None, **more) -> httpx.Response:
        """A request under /api/v1, signed in unless `token` is ''."""
        headers = dict(more.pop("headers", {}))
        token = self.access_token if token is None else token
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return await self.http.request(method, API + path, headers=headers, **more)

    async def get(self, path: str, **more) -> httpx.Response:
        return await self.request("GET", path, **more)

    async def post(self, path: str, **more) -> httpx.Response:
        return await self.request("POST", path, **more)

    async def put(self, path: str, **more) -> httpx.Response:
        return await self.request("PUT", path, **more)

    async def patch(self, path: str, **more) -> httpx.Response:
        return await self.request("PATCH", path, **more)

    async def delete(self, path: str, **more) -> httpx.Response:
        return await self.request("DELETE", path, **more)

    # Signing in

    async def register(self, **more) -> "Person":
        answer = await self.post("/auth/register", token="", json={"username": self.username, "password": self.password, **more})
        assert answer.status_code == 201, answer.text
        return self.take(answer.json())

    async def log_in(self) -> "Person":
        answer = await self.post("/auth/login", token="", json={"username": self.username, "password": self.password})
        assert answer.status_code == 200, answer.text
        return self.take(answer.json())

    async def on_another_device(self) -> "Person":
        """The same user, signed in a second time: another session with tokens of its own."""
        other = Person(self.server, self.username, self.password)
        self._companions.append(other)
        return await other.log_in()

    async def refresh(self) -> "Person":
        answer = await self.post("/auth/refresh", token="", json={"refresh_token": self.refresh_token})
        assert answer.status_code == 200, answer.text
        return self.take(answer.json())

    def take(self, grant: dict) -> "Person":
        self.user = grant.get("user", self.user)
        self.access_token = grant["access_token"]
        self.refresh_token = grant.get("refresh_token") or ""
        return self

    async def ticket(self) -> str:
        answer = await self.post("/auth/ws-ticket")
        assert answer.status_code in (200, 201), answer.text
        return answer.json()["ticket"]

    # Rooms and messages, where they must succeed

    async def create_room(self, kind: str = "group", name: str | None = None, members=(), **more) -> dict:
        body = {"kind": kind, "members": [person.user_id for person in members], **more}
        if kind != "direct":
            body["name"] = name or f"Room {secrets.token_hex(4)}"
        answer = await self.post("/rooms", json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def see_room(self, room_id: str) -> dict:
        answer = await self.get(f"/rooms/{room_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def join(self, room_id: str) -> None:
        answer = await self.post(f"/rooms/{room_id}/join")
        assert answer.is_success, answer.text

    async def leave(self, room_id: str) -> None:
        answer = await self.post(f"/rooms/{room_id}/leave")
        assert answer.is_success, answer.text

    async def add(self, room_id: str, person: "Person", role: str = "member") -> None:
        answer = await self.put(f"/rooms/{room_id}/members/{person.user_id}", json={"role": role})
        assert answer.is_success, answer.text

    async def remove(self, room_id: str, person: "Person") -> None:
        answer = await self.delete(f"/rooms/{room_id}/members/{person.user_id}")
        assert answer.is_success, answer.text

    async def write(self, room_id: str, content: str, **more) -> dict:
        """A message over REST."""
        answer = await self.post(f"/rooms/{room_id}/messages", json={"content": content, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def page(self, room_id: str, **query) -> dict:
        answer = await self.get(f"/rooms/{room_id}/messages", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def all_messages(self, room_id: str) -> list[dict]:
        messages: list[dict] = []
        while True:
            page = await self.page(room_id, after=messages[-1]["seq"] if messages else 0, limit=200)
            messages += page["messages"]
            if not page["has_after"]:
                return messages

    async def walk(self, path: str, **query) -> list[dict]:
        """Every item of a list, page by page."""
        items: list[dict] = []
        cursor = None
        for _ in range(1000):
            answer = await self.get(path, params={**query, **({"cursor": cursor} if cursor else {})})
            assert answer.status_code == 200, answer.text
            items += answer.json()["items"]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return items
        raise AssertionError(f"{path} never ends")

    # WebSocket

    async def connect(
        self,
        *,
        way: str = "header",
        since: int | None = None,
        room: str | None = None,
        token: str | None = None,
        origin: str | None = None,
        within: float = 5.0,
        **more,
    ) -> Line:
        """A welcomed line, signed in one of the ways of the contract; raises NotAdmitted when the door stays shut."""
        token = self.access_token if token is None else token
        query: dict = {}
        headers: dict = {}
        subprotocols = None
        if since is not None and way != "frame":
            query["since"] = since
        if room is not None:
            query["room"] = room
        match way:
            case "header":
                headers["Authorization"] = f"Bearer {token}"
            case "subprotocol":
                subprotocols = ["echochat.v1", f"bearer.{token}"]
            case "query":
                query["token"] = token
            case "ticket":
                query["ticket"] = more.pop("ticket", None) or await self.ticket()
                origin = origin or self.server.origin
            case "frame":
                origin = origin or self.server.origin
            case _:
                raise ValueError(way)
        url = self.server.websocket_url + (f"?{urllib.parse.urlencode(query)}" if query else "")
        line = await Line.open(url, headers=headers, subprotocols=subprotocols, origin=origin, **more)
        self.lines.append(line)
        if way == "frame":
            await line.say("authenticate", {"token": token, **({"since": since} if since is not None else {})})
        return await line.be_welcomed(within)

    async def catch_up(self, line: Line) -> None:
        """Returns when everything that happened before now and concerns her has reached this line.

        She writes into her own notebook, a room of hers alone, and waits to hear of it: news comes in the order of the journal.
        """
        if self._notebook is None:
            self._notebook = (await self.create_room("group", f"Notebook {secrets.token_hex(4)}"))["room_id"]
        mark = secrets.token_hex(8)
        await self.write(self._notebook, mark)
        await line.expect("new_message", room_id=self._notebook, content=mark)

    async def close(self) -> None:
        for line in self.lines:
            if not line.is_closed:
                await line.hang_up()
        for companion in self._companions:
            await companion.close()
        await self.http.aclose()


class People:
    """Makes users of a server and lets go of all their connections at the end."""

    def __init__(self, server: Server):
        self.server = server
        self.all: list[Person] = []

    def somebody(self, name: str) -> Person:
        """Not registered yet; the username is one that nobody else in this run has."""
        person = Person(self.server, f"{name}-{secrets.token_hex(4)}")
        self.all.append(person)
        return person

    async def register(self, name: str, **more) -> Person:
        return await self.somebody(name).register(**more)

    async def registered(self, *names: str) -> list[Person]:
        return [await self.register(name) for name in names]

    async def __aenter__(self) -> "People":
        return self

    async def __aexit__(self, *_) -> None:
        await asyncio.gather(*(person.close() for person in self.all), return_exceptions=True)


__all__ = ["API", "PASSWORD", "Line", "NotAdmitted", "People", "Person"]
