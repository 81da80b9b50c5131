"""The description of the REST API, nginx/html/docs/openapi.json: it is valid, complete, and says what the programs' sources say."""

import copy
import json
import re
import subprocess

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from support.api_document import PATH, SCHEMAS, ApiDocument, Disagreement, api_document, close, disagreements
from support.clients import TestUsers
from support.server import PROGRAMS, REPOSITORY, TEST_SETTINGS

SOURCES = REPOSITORY / "Sources"
SHARED = SOURCES / "Shared"
# Problems of a WebSocket alone.
OF_THE_WEBSOCKET = {"unknown_command", "upgrade_required"}


@pytest.fixture(scope="module")
def described() -> ApiDocument:
    return api_document()


def nodes(node, path: str = "#"):
    """Every object of the document with its place, but for the values of examples."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from nodes(item, f"{path}/{index}")
    elif isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            if key not in ("example", "value"):
                yield from nodes(value, f"{path}/{key}")


def references(document: dict) -> dict[str, list[str]]:
    """Where each part of the document is referred to."""
    found: dict[str, list[str]] = {}
    for path, node in nodes(document):
        if isinstance(node.get("$ref"), str):
            found.setdefault(node["$ref"], []).append(path)
    return found


def printed_by(option: str) -> list[str]:
    """What the REST program prints with this option."""
    return subprocess.run([PROGRAMS / "echochat-rest", option], capture_output=True, text=True, check=True).stdout.splitlines()


# It is complete


def test_the_documented_operations_are_the_routes_of_the_programs(described):
    documented = {f"{method} {template}" for method, template, _ in described.operations()}
    assert documented == set(printed_by("--routes"))


def test_every_answer_to_a_get_can_be_revalidated_but_for_probes_and_the_stream(described):
    for method, template, operation in described.operations():
        if method != "GET" or template in ("/healthz", "/health", "/readyz", "/metrics", "/api/v1/events"):
            continue
        assert {"200", "304"} <= set(operation["responses"]), template
        assert "ETag" in described.resolve(operation["responses"]["200"])["headers"], template
        assert "If-None-Match" in [described.resolve(parameter)["name"] for parameter in operation["parameters"]], template


def test_every_operation_is_explained_with_examples(described):
    tags = [tag["name"] for tag in described.document["tags"]]
    ids: list[str] = []
    for method, template, operation in described.operations():
        what = f"{method} {template}"
        assert re.fullmatch("[a-z][a-zA-Z]+", operation["operationId"]), what
        ids.append(operation["operationId"])
        assert operation["summary"] and not operation["summary"].endswith("."), what
        assert len(operation["tags"]) == 1 and operation["tags"][0] in tags, what
        names = {parameter["name"] for parameter in map(described.resolve, operation.get("parameters", [])) if parameter["in"] == "path"}
        assert names == set(re.findall(r"\{(\w+)\}", template)), what
        assert operation.get("description") or method == "GET", what
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for part in [*bodies, *map(described.resolve, operation["responses"].values())]:
            assert all(media.get("examples") for media in part.get("content", {}).values()), (what, part)
    assert len(ids) == len(set(ids))
    used = {operation["tags"][0] for _, _, operation in described.operations()}
    assert used == set(tags) and all(tag["description"] for tag in described.document["tags"])


def test_every_parameter_and_header_is_explained(described):
    for path, node in nodes(described.document):
        if {"in", "name", "schema"} <= set(node) or re.search("/headers/[^/]+$", path) and "$ref" not in node:
            assert node["description"], path


# It is valid


def faults(document: dict) -> list[str]:
    used = references(document)
    parts = {
        f"#/components/{kind}/{name}"
        for kind, components in document["components"].items()
        for name in components
        if kind != "securitySchemes"
    }
    found = [f"{reference} does not exist" for reference in used.keys() - parts]
    found += [f"{part} is not used" for part in parts - used.keys()]
    # The validator cannot read a document with a part that does not exist.
    return found or [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]


def test_the_document_is_valid_and_each_part_of_it_is_used(described):
    assert faults(described.document) == []
    used = {name for _, node in nodes(described.document) for requirement in node.get("security", []) for name in requirement}
    assert used == described.document["components"]["securitySchemes"].keys()


def test_an_invalid_document_is_noticed(described):
    for break_document in (
        lambda document: document["components"]["schemas"].update(Unused={"type": "object"}),
        lambda document: document["paths"]["/healthz"]["get"]["responses"].update({"400": {"$ref": "#/components/responses/Missing"}}),
        lambda document: document["info"].pop("title"),
        lambda document: document["paths"]["/healthz"]["get"].update(parameters=[{"name": "x", "in": "body"}]),
        lambda document: document["paths"]["/healthz"]["get"].update(operationId="sync"),
    ):
        broken = copy.deepcopy(described.document)
        break_document(broken)
        assert faults(broken)


def test_the_document_is_formatted(described):
    assert PATH.read_text() == json.dumps(described.document, indent=2, ensure_ascii=False) + "\n"


def example_faults(described: ApiDocument) -> list[str]:
    """Examples that are not valid by their schemas; those of answers may have no member that the schema does not name."""
    found = []
    for path, node in nodes(described.document):
        if "schema" not in node:
            continue
        values = [described.resolve(example)["value"] for example in node.get("examples", {}).values()]
        values += [node["example"]] if "example" in node else []
        validator = described.validator(node["schema"], is_closed="/requestBody/" not in path)
        found += [f"{path}: {error.message}" for value in values for error in validator.iter_errors(value)]
    return found


def test_every_example_is_valid(described):
    assert example_faults(described) == []
    broken = copy.deepcopy(described.document)
    broken["components"]["examples"]["Room"]["value"]["kind"] = "circle"
    broken["components"]["parameters"]["Limit"]["example"] = 201
    broken["components"]["examples"]["conflict"]["value"]["surprise"] = True
    assert len(example_faults(ApiDocument(broken))) >= 3


def test_the_problems_of_each_answer_have_its_status(described):
    for method, template, operation in described.operations():
        for status, reference in operation["responses"].items():
            for code, problem in described.codes(described.resolve(reference)).items():
                assert problem["code"] == code and problem["type"] == f"/docs/problems#{code}"
                assert status in ("default", str(problem["status"])), (method, template, status, code)
            if status.startswith(("4", "5")):
                assert described.codes(described.resolve(reference)), (method, template, status)


# It says what the sources say


def swift(path: str) -> str:
    return (SHARED / path).read_text()


def enum_block(text: str, name: str) -> str:
    """The text of an enum, to the brace at its own indentation."""
    return re.search(rf"^( *)(?:public )?enum {name}\b.*?^\1\}}", text, re.MULTILINE | re.DOTALL)[0]


def raw_values(text: str, name: str) -> dict[str, str]:
    """The raw text of each case of a Swift enum; of a case without one, its name."""
    lines = re.findall(r"^ *case ([^:\n(]+)$", enum_block(text, name), re.MULTILINE)
    cases = [case.strip().partition(" = ") for line in lines for case in line.split(",")]
    return {case.strip("`"): value.strip('"') or case.strip("`") for case, _, value in cases}


def words(text: str, name: str) -> set[str]:
    """What `word` of a Swift enum can be."""
    return set(re.findall(r'^ *case \.\w+: "(\w+)"$', enum_block(text, name), re.MULTILINE))


def documented_enum(described: ApiDocument, name: str, *members: str) -> set[str]:
    schema = described.document["components"]["schemas"][name]
    for member in members:
        schema = schema["properties"][member]
    return {value for value in schema["enum"] if value is not None}


def test_the_problem_codes_are_those_of_the_programs(described):
    printed = [line.split(maxsplit=2) for line in printed_by("--problems")]
    assert len(printed) > 20 and documented_enum(described, "ProblemCode") == {code for _, code, _ in printed}
    # The other examples are named like their schemas.
    examples = {name: example["value"] for name, example in described.document["components"]["examples"].items() if name.islower()}
    shown = {(str(problem["status"]), code, problem["title"]) for code, problem in examples.items()}
    assert shown == {(status, code, title) for status, code, title in printed if code not in OF_THE_WEBSOCKET}


# `.invalid(field, "code", …)`: the field is a text, a name or a call.
FIELD_CODE = re.compile(r'\.invalid\(\s*(?:"[^"]*"|\w+|[^,()]*\([^()]*\)), "(\w+)", ')


def test_the_other_lists_of_words_are_those_of_the_sources(described):
    limits = raw_values(swift("Domain/ExceededLimit.swift"), "Name")
    assert len(limits) > 5 and documented_enum(described, "Problem", "limit") == set(limits.values())
    oauth = raw_values(swift("Wire/Documents/OAuthError.swift"), "OAuthError")
    assert documented_enum(described, "Problem", "error") == set(oauth.values())
    # What is wrong with a file to import is told at the command line alone.
    paths = [path for path in SOURCES.rglob("*.swift") if path.parent.name != "Import"]
    field_codes = {code for path in paths for code in FIELD_CODE.findall(path.read_text())}
    assert documented_enum(described, "FieldError", "code") == field_codes
    assert documented_enum(described, "Role") == words(swift("Domain/Room.swift"), "Role")
    assert documented_enum(described, "RoomKind") == words(swift("Domain/Room.swift"), "RoomKind")
    levels = words(swift("Domain/NotificationSettings.swift"), "NotifyLevel")
    assert documented_enum(described, "NotifyLevel") == levels == documented_enum(described, "NotificationSettingsRequest", "level")
    assert documented_enum(described, "AddedBy") == words(swift("Domain/AddedBy.swift"), "AddedBy")
    states = words(swift("Domain/ReadMarkers.swift"), "ReceiptState")
    assert documented_enum(described, "Receipt", "state") == states | {"sent"}
    presence = described.document["components"]["schemas"]["UserWithPresence"]["allOf"][1]["properties"]["presence"]
    assert set(presence["enum"]) == words(swift("Domain/Presence.swift"), "PresenceState")


# It says the limits that are in force


def table(described: ApiDocument, head: str) -> dict[str, list[int]]:
    """The numbers of each row of a table of the introduction, by the word in its first column."""
    text = described.document["info"]["description"].partition(f"| {head} |")[2].partition("\n\n")[0]
    return {word: [int(number) for number in re.findall(r"\d+", amount)] for word, amount in re.findall(r"\| `(\w+)` \| ([^|]+)", text)}


def constant(path: str, name: str) -> int:
    return int(re.search(rf"\b{name}(?:: Int64)? = ([\d_]+)", swift(path))[1].replace("_", ""))


# Every limit as it is shipped.
SHIPPED = {name: None for name, value in TEST_SETTINGS.items() if value == "off" and name != "ECHOCHAT_CORE_DUMPS"}


async def test_the_documented_limits_are_those_in_force(described, own_server):
    async with TestUsers(own_server(**SHIPPED)) as users:
        limits = (await (await users.register("alice")).connect()).welcome.data["limits"]

    def rate(name: str) -> list[int]:
        return [limits[name]["count"], limits[name]["window_ms"] // 1000]

    profile, tokens = "Chat/Accounts/Chat+Profile.swift", "Store/Tables/RefreshTokens.swift"
    email = "Chat/Accounts/Chat+Email.swift"
    assert table(described, "`limit`") == {
        "messages": rate("message_rate"),
        "changes": rate("message_rate"),
        "events": rate("event_rate"),
        "commands": rate("command_rate"),
        "profile": [constant(profile, "profileChangesMax"), constant(profile, "profileWindowSeconds")],
        "new_rooms": rate("room_rate"),
        "adding": rate("adding_rate"),
        "refreshes": [constant(tokens, "exchangesPerDayMax"), constant(tokens, "dayMilliseconds") // 1000],
        "mails": [constant(email, "verificationMailsMax"), constant(email, "mailWindowSeconds")],
        "password_checks": rate("password_check_rate"),
        "connections_per_user": [limits["connections_per_user"]],
        "connections_per_address": [limits["connections_per_address"]],
    }
    bounds = table(described, "bound")
    assert len(bounds) > 10 and bounds == {name: [limits[name]] for name in bounds}


def test_the_bounds_of_the_schemas_are_those_of_the_sources(described):
    schemas, parameters = described.document["components"]["schemas"], described.document["components"]["parameters"]
    (bounds,) = [{name: numbers[0] for name, numbers in table(described, "bound").items()}]
    message, new = schemas["Message"]["properties"], schemas["NewMessage"]["properties"]
    assert new["content"]["maxLength"] == schemas["MessageUpdate"]["properties"]["content"]["maxLength"] == bounds["message_characters"]
    assert message["content"]["maxLength"] == 48 * 1024 and "bytesMax = 48 * 1024" in swift("Domain/Message.swift")
    assert new["client_id"]["maxLength"] == parameters["IdempotencyKey"]["schema"]["maxLength"] == bounds["client_id_characters"]
    assert message["mentions"]["maxItems"] == bounds["mentions_per_message"]
    assert message["reactions"]["maxProperties"] == bounds["emoji_per_message"]
    assert message["reactions"]["additionalProperties"]["maxItems"] == bounds["reactions_per_message"]
    assert message["reactions"]["propertyNames"]["maxLength"] == parameters["Emoji"]["schema"]["maxLength"] == bounds["emoji_bytes"]
    assert schemas["Seq"]["maximum"] == 0xFFFF_FFFF and "seqMax: Int64 = 0xffff_ffff" in swift("Domain/Message.swift")
    assert schemas["StreamCursor"]["maximum"] == 2**53 - 1
    password = schemas["Registration"]["properties"]["password"]
    assert password["minLength"] == constant("Auth/Password/NewPassword.swift", "charactersMin")
    assert password["maxLength"] == constant("Auth/Password/NewPassword.swift", "charactersMax")
    query = (SOURCES / "RestFCGI/Routing/Query.swift").read_text()
    limit = parameters["Limit"]["schema"]
    assert f"limitMax = {limit['maximum']}" in query and f"limitStandard = {limit['default']}" in query
    invites = swift("Chat/Memberships/Chat+Invites.swift").replace("_", "")
    expiry, uses = (schemas["InviteRequest"]["properties"][name] for name in ("expires_in", "uses"))
    assert f"{expiry['minimum']}...{expiry['maximum']}" in invites and f"inviteSecondsStandard: Int64 = {expiry['default']}" in invites
    assert f"{uses['minimum']}...{uses['maximum']}" in invites
    assert schemas["ExportPage"]["properties"]["devices"]["maxItems"] == constant("Store/Tables/KnownDevices.swift", "perUserMax")
    assert schemas["NewRoom"]["properties"]["members"]["maxItems"] == constant("Chat/Rooms/Chat+Rooms.swift", "initialMembersMax")
    assert schemas["Snapshot"]["properties"]["rooms"]["maxItems"] == constant("Chat/Resume/Chat+Snapshot.swift", "snapshotRoomsMax")
    assert schemas["Snapshot"]["properties"]["users"]["maxItems"] == constant("Chat/Resume/Chat+Snapshot.swift", "snapshotUsersMax")
    for name, most in (("DisplayName", 64), ("Reason", 500)):
        assert schemas[name]["maxLength"] == 16 * most, name
    for path, type_name, schema, member in (
        ("Domain/User.swift", "DisplayName", "ProfileUpdate", "display_name"),
        ("Domain/User.swift", "StatusText", "ProfileUpdate", "status_text"),
        ("Domain/Room.swift", "RoomName", "NewRoom", "name"),
        ("Domain/Room.swift", "RoomTopic", "NewRoom", "topic"),
        ("Domain/Reason.swift", "Reason", "BanRequest", "reason"),
    ):
        most = re.search(rf"struct {type_name}\b.*?charactersMax(?: =|:) (\d+)", swift(path), re.DOTALL)[1]
        assert schemas[schema]["properties"][member]["maxLength"] == int(most), (schema, member)


# The check of answers finds what is wrong


def answer(described: ApiDocument, **changes):
    """Checks an answer of `GET /api/v1/users/{user_id}`, right but for `changes`."""
    operation = described.document["paths"]["/api/v1/users/{user_id}"]["get"]
    user = operation["responses"]["200"]["content"]["application/json"]["examples"]["answer"]["value"]
    headers = {
        "content-type": "application/json",
        "cache-control": "private, no-cache",
        "etag": 'W/"0123456789abcdef"',
        "x-request-id": "0123456789abcdef",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        **changes.get("headers", {}),
    }
    body = changes.get("body", {**user, **changes.get("members", {})})
    described.check(
        changes.get("method", "GET"),
        changes.get("path", "/api/v1/users/x?a=b"),
        changes.get("status", 200),
        [(name, value) for name, value in headers.items() if value is not None],
        json.dumps(body).encode() if body is not None else b"",
    )


PROBLEM_HEADERS = {"content-type": "application/problem+json", "cache-control": "no-store", "etag": None}


def problem(described: ApiDocument, example: str, **changes) -> dict:
    return {**described.document["components"]["examples"][example]["value"], **changes}


def test_a_right_answer_is_accepted(described):
    answer(described)
    answer(described, method="HEAD", body=None)
    answer(described, status=304, body=None, headers={"content-type": None})
    answer(described, status=404, headers=PROBLEM_HEADERS, body=problem(described, "not_found"))
    answer(described, path="/api/v1/nowhere", status=404, headers=PROBLEM_HEADERS, body=problem(described, "not_found"))
    answer(described, status=502, headers=PROBLEM_HEADERS, body=problem(described, "unavailable", status=502))
    allowed = {**PROBLEM_HEADERS, "allow": "GET, HEAD, OPTIONS"}
    answer(described, method="POST", status=405, headers=allowed, body=problem(described, "method_not_allowed"))
    answer(described, path="/web/page", status=999)


WRONG = {
    "a member that is not documented": {"members": {"surprise": 1}},
    "a member of the wrong type": {"members": {"created_at": 5}},
    "a word that is not in the list": {"members": {"presence": "asleep"}},
    "a member is missing": {"body": {"user_id": "x"}},
    "a header is missing": {"headers": {"etag": None}},
    "a header of another form": {"headers": {"etag": '"strong"'}},
    "a header that is not documented": {"headers": {"location": "/api/v1/users/x"}},
    "a header that every answer has is missing": {"headers": {"x-content-type-options": None}},
    "another media type": {"headers": {"content-type": "text/html"}},
    "a status that is not documented": {"status": 201},
    "a body where there is none": {"status": 304},
    "a body of an answer to HEAD": {"method": "HEAD"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_refused(described, changes):
    with pytest.raises(Disagreement):
        answer(described, **changes)
    disagreements.clear()


@pytest.mark.parametrize(
    ("status", "code", "changes"),
    [
        (404, "conflict", {}),
        (403, "forbidden", {}),
        (404, "not_found", {"status": 400}),
        (404, "not_found", {"code": "gone"}),
        (409, "conflict", {}),
        (503, "internal_error", {}),
    ],
)
def test_a_problem_that_the_operation_does_not_document_is_refused(described, status, code, changes):
    with pytest.raises(Disagreement):
        answer(described, status=status, headers=PROBLEM_HEADERS, body=problem(described, code, **changes))
    disagreements.clear()


def test_a_closed_schema_leaves_the_parts_of_a_whole_open():
    part = {"type": "object", "properties": {"a": {"type": "object", "properties": {}}}}
    whole = close({"allOf": [{"$ref": f"{SCHEMAS}User"}, part]})
    assert whole["unevaluatedProperties"] is False and whole["allOf"][0] == {"$ref": f"{SCHEMAS}User.part"}
    assert "unevaluatedProperties" not in whole["allOf"][1]
    assert whole["allOf"][1]["properties"]["a"]["unevaluatedProperties"] is False
