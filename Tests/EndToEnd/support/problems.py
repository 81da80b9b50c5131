"""How a refusal must look: RFC 9457 over REST, the same object in a WebSocket error."""

import re

import httpx

# A value that cannot be is answered with either; which of the two is not for clients to rely on.
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


def check_refusal(answer: httpx.Response, status: int | tuple[int, ...], code: str | None = None) -> dict:
    """An answer over REST that must be a problem with this status, and this code if one is named."""
    wanted = status if isinstance(status, tuple) else (status,)
    assert answer.status_code in wanted, (
        f"{answer.request.method} {answer.request.url} gave {answer.status_code}, wanted {status}: {answer.text[:500]}"
    )
    assert answer.headers["content-type"].split(";")[0] == "application/problem+json", (answer.headers, answer.text[:200])
    problem = answer.json()
    assert problem["status"] == answer.status_code, problem
    return check_problem(problem, code=code)


def anonymous(problem: dict) -> dict:
    """What is left when that is taken away by which two askings always differ."""
    return {key: value for key, value in problem.items() if key not in ("request_id", "instance")}
