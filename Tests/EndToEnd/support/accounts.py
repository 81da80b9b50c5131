"""Requests of the account tests: registration, login, and the claims of a token."""

import httpx
import jwt

from .clients import PASSWORD, TestUser
from .problems import check_error


def claims(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


async def sign_up(user: TestUser, **body) -> httpx.Response:
    return await user.post("/auth/register", token="", json={"username": user.username, "password": PASSWORD, **body})


async def log_in(user: TestUser, **body) -> httpx.Response:
    return await user.post("/auth/login", token="", json={"username": user.username, "password": user.password, **body})


async def is_signed_in(user: TestUser) -> bool:
    response = await user.get("/auth/me")
    if response.status_code == 200:
        return True
    check_error(response, 401)
    return False
