"""The users of the tests (Alice, Bob, Mallory): each has a REST client and any number of WebSocket connections."""

import asyncio
import secrets
import urllib.parse

import httpx

from .api_document import check_every_answer
from .server import Server
from .ws_client import Connection, ConnectionRejected

check_every_answer()

API = "/api/v1"
PASSWORD = "a long walk on the beach"
AUTH_METHODS = ("header", "subprotocol", "query", "ticket", "frame")
UNAUTHENTICATED = (401, 4001)


class TestUser:
    """A user of one server, with the tokens of their newest session."""

    __test__ = False  # not a test class, whatever its name

    def __init__(self, server: Server, username: str, password: str = PASSWORD):
        self.server = server
        self.username = username
        self.password = password
        self.profile: dict = {}
        self.access_token = ""
        self.refresh_token = ""
        self.connections: list[Connection] = []
        self._other_sessions: list[TestUser] = []
        self._marker_room: str | None = None
        # There is no TLS on the loopback, and loading the certificate store costs 26 ms a client.
        self.http = httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=10, verify=False)

    @property
    def user_id(self) -> str:
        return self.profile["user_id"]

    # REST

    async def request(self, method: str, path: str, token: str | None = None, **more) -> httpx.Response:
        """Sends a request under /api/v1, with the user's access token unless `token` is ''."""
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

    async def register(self, **more) -> "TestUser":
        response = await self.post("/auth/register", token="", json={"username": self.username, "password": self.password, **more})
        assert response.status_code == 201, response.text
        return self.accept_tokens(response.json())

    async def log_in(self) -> "TestUser":
        response = await self.post("/auth/login", token="", json={"username": self.username, "password": self.password})
        assert response.status_code == 200, response.text
        return self.accept_tokens(response.json())

    async def another_session(self) -> "TestUser":
        """Signs the same user in again: another session with tokens of its own."""
        other = TestUser(self.server, self.username, self.password)
        self._other_sessions.append(other)
        return await other.log_in()

    async def refresh(self) -> "TestUser":
        response = await self.post("/auth/refresh", token="", json={"refresh_token": self.refresh_token})
        assert response.status_code == 200, response.text
        return self.accept_tokens(response.json())

    def accept_tokens(self, grant: dict) -> "TestUser":
        self.profile = grant.get("user", self.profile)
        self.access_token = grant["access_token"]
        self.refresh_token = grant.get("refresh_token") or ""
        return self

    async def get_ticket(self) -> str:
        response = await self.post("/auth/ws-ticket")
        assert response.status_code in (200, 201), response.text
        return response.json()["ticket"]

    # Rooms and messages: each call must succeed

    async def create_room(self, kind: str = "group", name: str | None = None, members=(), **more) -> dict:
        body = {"kind": kind, "members": [user.user_id for user in members], **more}
        if kind != "direct":
            body["name"] = name or f"Room {secrets.token_hex(4)}"
        response = await self.post("/rooms", json=body)
        assert response.status_code in (200, 201), response.text
        return response.json()

    async def get_room(self, room_id: str) -> dict:
        response = await self.get(f"/rooms/{room_id}")
        assert response.status_code == 200, response.text
        return response.json()

    async def join(self, room_id: str) -> None:
        response = await self.post(f"/rooms/{room_id}/join")
        assert response.is_success, response.text

    async def leave(self, room_id: str) -> None:
        response = await self.post(f"/rooms/{room_id}/leave")
        assert response.is_success, response.text

    async def add(self, room_id: str, user: "TestUser", role: str = "member") -> None:
        response = await self.put(f"/rooms/{room_id}/members/{user.user_id}", json={"role": role})
        assert response.is_success, response.text

    async def remove(self, room_id: str, user: "TestUser") -> None:
        response = await self.delete(f"/rooms/{room_id}/members/{user.user_id}")
        assert response.is_success, response.text

    async def post_message(self, room_id: str, content: str, **more) -> dict:
        """Posts a message over REST."""
        response = await self.post(f"/rooms/{room_id}/messages", json={"content": content, **more})
        assert response.status_code == 201, response.text
        return response.json()

    async def page(self, room_id: str, **query) -> dict:
        response = await self.get(f"/rooms/{room_id}/messages", params=query)
        assert response.status_code == 200, response.text
        return response.json()

    async def all_messages(self, room_id: str) -> list[dict]:
        messages: list[dict] = []
        while True:
            page = await self.page(room_id, after=messages[-1]["seq"] if messages else 0, limit=200)
            messages += page["messages"]
            if not page["has_after"]:
                return messages

    async def list_all(self, path: str, **query) -> list[dict]:
        """Reads every item of a paginated list."""
        items: list[dict] = []
        cursor = None
        for _ in range(1000):
            response = await self.get(path, params={**query, **({"cursor": cursor} if cursor else {})})
            assert response.status_code == 200, response.text
            items += response.json()["items"]
            cursor = response.json()["next_cursor"]
            if cursor is None:
                return items
        raise AssertionError(f"{path} has more than 1000 pages")

    # WebSocket

    async def connect(
        self,
        *,
        auth: str = "header",
        since: int | None = None,
        room: str | None = None,
        token: str | None = None,
        origin: str | None = None,
        within: float = 5.0,
        **more,
    ) -> Connection:
        """Opens a WebSocket, authenticates by the method `auth` and waits for the welcome; raises ConnectionRejected if refused."""
        token = self.access_token if token is None else token
        query: dict = {}
        headers: dict = {}
        subprotocols = None
        if since is not None and auth != "frame":
            query["since"] = since
        if room is not None:
            query["room"] = room
        match auth:
            case "header":
                headers["Authorization"] = f"Bearer {token}"
            case "subprotocol":
                subprotocols = ["echochat.v1", f"bearer.{token}"]
            case "query":
                query["token"] = token
            case "ticket":
                query["ticket"] = more.pop("ticket", None) or await self.get_ticket()
                origin = origin or self.server.origin
            case "frame":
                origin = origin or self.server.origin
            case _:
                raise ValueError(auth)
        url = self.server.websocket_url + (f"?{urllib.parse.urlencode(query)}" if query else "")
        connection = await Connection.open(url, headers=headers, subprotocols=subprotocols, origin=origin, **more)
        self.connections.append(connection)
        if auth == "frame":
            await connection.send("authenticate", {"token": token, **({"since": since} if since is not None else {})})
        return await connection.wait_for_welcome(within)

    async def catch_up(self, connection: Connection) -> None:
        """Waits until this connection has received every event for the user that was stored before now.

        Posts a message to a room of the user's own and waits for its event: events arrive in the order of the journal.
        """
        if self._marker_room is None:
            self._marker_room = (await self.create_room("group", f"Marker {secrets.token_hex(4)}"))["room_id"]
        content = secrets.token_hex(8)
        await self.post_message(self._marker_room, content)
        await connection.expect("new_message", room_id=self._marker_room, content=content)

    async def close(self) -> None:
        for connection in self.connections:
            if not connection.is_closed:
                await connection.close()
        for other in self._other_sessions:
            await other.close()
        await self.http.aclose()


class TestUsers:
    """Makes users of a server and closes all their connections at the end."""

    __test__ = False

    def __init__(self, server: Server):
        self.server = server
        self.all: list[TestUser] = []

    def unregistered(self, name: str) -> TestUser:
        """A user who is not registered yet, with a username that is unique in this run."""
        user = TestUser(self.server, f"{name}-{secrets.token_hex(4)}")
        self.all.append(user)
        return user

    async def register(self, name: str, **more) -> TestUser:
        return await self.unregistered(name).register(**more)

    async def register_all(self, *names: str) -> list[TestUser]:
        return [await self.register(name) for name in names]

    async def __aenter__(self) -> "TestUsers":
        return self

    async def __aexit__(self, *_) -> None:
        await asyncio.gather(*(user.close() for user in self.all), return_exceptions=True)


async def check_rejected(user: TestUser, reasons, **options) -> ConnectionRejected:
    """Checks that the user cannot connect, for one of these HTTP statuses or close codes."""
    try:
        await user.connect(**options)
    except ConnectionRejected as rejected:
        assert rejected.reason in reasons, (options, rejected)
        return rejected
    raise AssertionError(f"was accepted: {options}")
