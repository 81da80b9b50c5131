"""Checks every answer of the REST API against its description, nginx/html/docs/openapi.json: path, status, headers, body, problem code."""

import json
import re
import urllib.parse
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path

import httpx
import jsonschema_rs

from .server import REPOSITORY

PATH = REPOSITORY / "nginx" / "html" / "docs" / "openapi.json"
METHODS = ("get", "put", "post", "delete", "patch")
SCHEMAS = "#/components/schemas/"
# The suffix of a copy of a schema that is a part of another one (allOf), and so may have more members.
PART = ".part"

# Headers that HTTP itself, or a rule for browsers, puts on answers of any kind.
GENERAL_HEADERS = {"connection", "content-encoding", "content-length", "content-type", "date", "keep-alive", "server", "transfer-encoding"}
# Where the operator has set it for the site.
GENERAL_HEADERS |= {"strict-transport-security"}
CORS_HEADERS = re.compile("access-control-(allow-(origin|methods|headers)|expose-headers|max-age)")
# What every answer has: no browser may guess its type, and none tells others where it came from.
EVERYWHERE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
# Statuses of nginx that share the code of another one.
OTHER_STATUSES = {411: "malformed_request", 412: "malformed_request", 421: "malformed_request", 501: "malformed_request"}
OTHER_STATUSES |= {502: "unavailable", 504: "unavailable"}

# Disagreements of the current test, also those that were raised where nobody looks.
disagreements: list[str] = []


class Disagreement(AssertionError):
    """An answer is not as the document says."""


class ApiDocument:
    """An OpenAPI document, prepared for checking answers: each validator is made once."""

    def __init__(self, document: dict):
        self.document = document
        self._validators: dict[int, jsonschema_rs.Draft202012Validator] = {}
        self._headers: dict[int, dict[str, dict]] = {}
        self._templates: dict[int, list[tuple[list[str], str]]] = {}
        for template in document["paths"]:
            segments = template.split("/")
            self._templates.setdefault(len(segments), []).append((segments, template))
        for templates in self._templates.values():
            # A literal segment counts before a parameter that would match it.
            templates.sort(key=lambda item: [segment.startswith("{") for segment in item[0]])

    @classmethod
    def load(cls, path: Path = PATH) -> "ApiDocument":
        return cls(json.loads(path.read_text()))

    # The document

    def resolve(self, node: dict) -> dict:
        """What a node refers to, or the node itself."""
        while "$ref" in node:
            target = self.document
            for name in node["$ref"].removeprefix("#/").split("/"):
                target = target[name]
            node = target
        return node

    def operations(self) -> Iterable[tuple[str, str, dict]]:
        """Method in upper case, path template and operation."""
        for template, item in self.document["paths"].items():
            for method, operation in item.items():
                if method in METHODS:
                    yield method.upper(), template, operation

    def template(self, path: str) -> str | None:
        """The template of the paths that matches a requested path, as the programs would find it."""
        segments = [urllib.parse.unquote(segment) for segment in path.split("/")]
        if any(segment in ("", ".", "..") or "/" in segment for segment in segments[1:]):
            return None
        for literals, template in self._templates.get(len(segments), []):
            if all(wanted.startswith("{") or wanted == segment for wanted, segment in zip(literals, segments, strict=True)):
                return template
        return None

    def covers(self, path: str) -> bool:
        """Whether the document speaks of a path at all: the web page and the WebSocket are not its subject."""
        return path.startswith("/api/") or path in self.document["paths"]

    def codes(self, response: dict) -> dict[str, dict]:
        """The problems that a response can be, by their codes."""
        examples = response.get("content", {}).get("application/problem+json", {}).get("examples", {})
        return {code: self.resolve(example)["value"] for code, example in examples.items()}

    @cached_property
    def closed_schemas(self) -> dict[str, dict]:
        """The schemas, without any member that they do not name. (Clients must ignore such members: the document leaves them open.)"""
        schemas = self.document["components"]["schemas"]
        return {name: close(schema) for name, schema in schemas.items()} | {
            name + PART: close(schema, is_part=True) for name, schema in schemas.items()
        }

    def validator(self, schema: dict, *, is_closed: bool = True) -> jsonschema_rs.Draft202012Validator:
        """The validator of a schema that is a part of the document."""
        key = id(schema) if is_closed else -id(schema)
        if key not in self._validators:
            schemas = self.closed_schemas if is_closed else self.document["components"]["schemas"]
            whole = {"components": {"schemas": schemas}, **(close(schema) if is_closed else schema)}
            self._validators[key] = jsonschema_rs.Draft202012Validator(whole)
        return self._validators[key]

    # Answers

    def response(self, method: str, path: str, status: int) -> tuple[str, dict]:
        """What the document says of an answer with this status: where it says so, and the response object."""
        others = self.document["x-other-requests"]
        operations = self.document["paths"].get(self.template(path) or "", {})
        operation = operations.get("get" if method == "HEAD" else method.lower())
        if method == "HEAD" and operation and is_stream(operation):
            operation = None
        if operation and (found := operation["responses"].get(str(status))):
            return str(status), self.resolve(found)
        if operation:
            responses = operation["responses"]
        elif not operations:
            responses = {"404": others["unknown-path"]}
        elif method == "OPTIONS":
            responses = {"204": others["options"]}
        else:
            responses = {"405": others["other-method"]}
        components = self.document["components"]["responses"]
        responses = {"400": components["MalformedRequest"], "default": components["Other"], **responses}
        where = str(status) if str(status) in responses else "default"
        return where, self.resolve(responses[where])

    def check(self, method: str, target: str, status: int, headers: list[tuple[str, str]], body: bytes | None) -> None:
        """Raises Disagreement unless an answer is as described. `headers` have lower-case names; `body` is None if it was not read."""
        path = target.partition("?")[0]
        if not self.covers(path):
            return
        where, response = self.response(method, path, status)
        faults = list(self._header_faults(response, headers))
        faults += self._body_faults(response, where, status, dict(headers), body, is_head=method == "HEAD")
        if faults:
            what = f"{method} {path} answers {status} ({where}): {'; '.join(faults)}"
            disagreements.append(what)
            raise Disagreement(what)

    def _header_faults(self, response: dict, headers: list[tuple[str, str]]) -> Iterable[str]:
        documented = self._headers.get(id(response))
        if documented is None:
            documented = {name.lower(): self.resolve(header) for name, header in response.get("headers", {}).items()}
            self._headers[id(response)] = documented
        present = dict(headers)
        for name, value in EVERYWHERE.items():
            if present.get(name) != value:
                yield f"header {name} is not {value}"
        for name, header in documented.items():
            if header.get("required") and name not in present:
                yield f"header {name} is missing"
        for name, value in headers:
            if name in GENERAL_HEADERS or name in EVERYWHERE or CORS_HEADERS.fullmatch(name):
                continue
            if name not in documented:
                yield f"header {name} is not documented"
            elif not self.validator(documented[name]["schema"]).is_valid(header_value(documented[name]["schema"], value)):
                yield f"header {name} is not as documented: {value!r}"

    def _body_faults(self, response: dict, where: str, status: int, headers: dict, body: bytes | None, is_head: bool) -> Iterable[str]:
        kind = headers.get("content-type", "").split(";")[0]
        content = response.get("content", {})
        if not content:
            if kind or body:
                yield f"a body of type {kind!r} is not documented"
            return
        # Where there are bytes, they may be of any type.
        if kind not in content and not ("*/*" in content and kind and not kind.endswith("json")):
            yield f"media type {kind!r} is not documented"
            return
        if is_head or body is None:
            if body:
                yield "a body of an answer to HEAD"
            return
        if not kind.endswith("json") or kind not in content:
            return
        try:
            document = json.loads(body)
        except ValueError as error:
            yield f"not JSON: {error}"
            return
        validator = self.validator(content[kind]["schema"])
        if not validator.is_valid(document):
            yield from (f"/{'/'.join(map(str, error.instance_path))}: {error.message[:500]}" for error in validator.iter_errors(document))
        elif kind == "application/problem+json":
            yield from self._problem_faults(response, where, status, document)

    def _problem_faults(self, response: dict, where: str, status: int, problem: dict) -> Iterable[str]:
        code = problem["code"]
        if problem["status"] != status:
            yield f"the problem's status is {problem['status']}"
        if where == "default" and OTHER_STATUSES.get(status) == code:
            return
        documented = self.codes(response)
        if code not in documented:
            yield f"code {code} is not documented, {' and '.join(documented)} are: {problem['detail']}"
        elif documented[code]["status"] != status:
            yield f"code {code} belongs to {documented[code]['status']}"


def close(schema: dict, *, is_part: bool = False) -> dict:
    """The schema without members that it does not name. A part of another schema (allOf) stays open: the whole is closed."""
    closed: dict = {}
    for key, value in schema.items():
        if key == "$ref" and is_part:
            closed[key] = value + PART
        elif key == "allOf":
            closed[key] = [close(part, is_part=True) for part in value]
        elif key in ("oneOf", "anyOf"):
            closed[key] = [close(option) for option in value]
        elif key == "properties":
            closed[key] = {name: close(member) for name, member in value.items()}
        elif key in ("items", "additionalProperties") and isinstance(value, dict):
            closed[key] = close(value)
        else:
            closed[key] = value
    if not is_part and ("properties" in closed or "allOf" in closed):
        closed["unevaluatedProperties"] = False
    return closed


def is_stream(operation: dict) -> bool:
    """Whether an operation answers with an endless stream, of which there is no HEAD."""
    return "text/event-stream" in operation["responses"]["200"].get("content", {})


def header_value(schema: dict, text: str) -> str | int:
    """A header's value as the type that its schema has."""
    return int(text) if schema.get("type") == "integer" and text.isdigit() else text


@cache
def api_document() -> ApiDocument:
    return ApiDocument.load()


# Clients


def check_response(response: httpx.Response, *, is_read: bool = True) -> None:
    """Checks an answer that an httpx client got."""
    headers = [(name.lower(), value) for name, value in response.headers.multi_items()]
    target = response.request.url.raw_path.decode("ascii", "replace")
    api_document().check(response.request.method, target, response.status_code, headers, response.content if is_read else None)


def check_every_answer() -> None:
    """From now on every httpx client of this process checks every answer."""
    send, send_async = httpx.Client.send, httpx.AsyncClient.send

    def checked_send(self, request: httpx.Request, **options) -> httpx.Response:
        response = send(self, request, **options)
        check_response(response, is_read=not options.get("stream"))
        return response

    async def checked_send_async(self, request: httpx.Request, **options) -> httpx.Response:
        response = await send_async(self, request, **options)
        check_response(response, is_read=not options.get("stream"))
        return response

    httpx.Client.send, httpx.AsyncClient.send = checked_send, checked_send_async
