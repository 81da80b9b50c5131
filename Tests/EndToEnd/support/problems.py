"""Checks error responses: problem details (RFC 9457) over REST, the same object in a WebSocket error."""

import re

import httpx

# An invalid value gets one of these; clients must not depend on which.
INVALID = (400, 422)


def check_problem(problem: dict, status: int | tuple[int, ...] | None = None, code: str | None = None) -> dict:
    assert isinstance(problem, dict), problem
    for name in ("type", "title", "detail", "code", "request_id"):
        assert isinstance(problem.get(name), str) and problem[name], (name, problem)
    assert type(problem.get("status")) is int and 400 <= problem["status"] <= 599, problem
    assert re.fullmatch(r"[a-z][a-z0-9_]*", problem["code"]), problem
    if status is not None:
        assert problem["status"] in (status if isinstance(status, tuple) else (status,)), problem
    if code is not None:
        assert problem["code"] == code, problem
    for error in problem.get("errors", []):
        assert {"field", "code", "detail"} <= set(error), problem
    return problem


def check_error(response: httpx.Response, status: int | tuple[int, ...], code: str | None = None) -> dict:
    """Checks that a REST response is a problem with this status and, if given, this code; returns the problem."""
    expected = status if isinstance(status, tuple) else (status,)
    assert response.status_code in expected, (
        f"{response.request.method} {response.request.url} gave {response.status_code}, wanted {status}: {response.text[:500]}"
    )
    assert response.headers["content-type"].split(";")[0] == "application/problem+json", (response.headers, response.text[:200])
    problem = response.json()
    assert problem["status"] == response.status_code, problem
    return check_problem(problem, code=code)


def check_field(problem: dict, field: str, code: str | None = None) -> dict:
    """Checks that a problem refuses one field by its name."""
    check_problem(problem, 422, "invalid_field")
    assert [error["field"] for error in problem["errors"]] == [field], problem
    if code is not None:
        assert problem["errors"][0]["code"] == code, problem
    return problem


def without_request_id(problem: dict) -> dict:
    """The problem without the members that differ from one request to the next."""
    return {key: value for key, value in problem.items() if key not in ("request_id", "instance")}
