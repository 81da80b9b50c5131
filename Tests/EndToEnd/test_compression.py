"""What nginx compresses: the answers of the API and the page, never those with tokens."""

import httpx
import pytest

from support.clients import PASSWORD


@pytest.mark.parametrize("path", ["/api/v1/sync", "/api/v1/rooms"])
async def test_answers_of_the_api_are_compressed_for_those_who_ask(server, alice, path):
    for _ in range(8):
        await alice.create_room()
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {alice.access_token}"}) as http:
        plain = http.get(path, headers={"Accept-Encoding": "identity"})
        small = http.get(path, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in plain.headers and small.headers["Content-Encoding"] == "gzip"
        assert small.json()["rooms" if "sync" in path else "items"] == plain.json()["rooms" if "sync" in path else "items"]
        assert int(small.headers.get("Content-Length", 0)) < len(plain.content) and small.num_bytes_downloaded * 3 < len(plain.content)
        # The tag stays weak and the same, so that a compressed answer is found unchanged.
        assert http.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]}).status_code == 304


async def test_answers_with_tokens_are_not_compressed(server, alice):
    body = {"username": alice.username, "password": PASSWORD}
    with httpx.Client(base_url=server.url, headers={"Accept-Encoding": "gzip", "Authorization": f"Bearer {alice.access_token}"}) as http:
        for _ in range(12):
            assert http.post("/api/v1/auth/login", json=body).status_code == 200
        sessions = http.get("/api/v1/auth/sessions")
        assert len(sessions.content) > 1000, "long enough to be compressed elsewhere"
        for answer in (sessions, http.post("/api/v1/auth/login", json=body)):
            assert "Content-Encoding" not in answer.headers
