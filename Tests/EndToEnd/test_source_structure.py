"""The folders of the push daemon are layers: no two of them refer to each other, directly or through others. Needs no server."""

import re
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "Sources" / "PushDaemon"
COMMENT_OR_STRING = re.compile(r'//[^\n]*|"""[\s\S]*?"""|#"[^\n]*?"#|"(?:\\.|[^"\\\n])*"')
TYPE = re.compile(r"^( *)(?:@\w+ |(?:public|private|fileprivate|final) )*(?:class|struct|enum|protocol|typealias) (\w+)", re.M)
EXTENSION = re.compile(r"^extension (\w+)[^{]*\{(.*?)^\}", re.M | re.S)
MEMBER = re.compile(r"^  (?:@\w+(?:\(\w+\))? |(?:public|static|mutating|final) )*(?:func|var|let) (\w+)", re.M)
SYSTEM = {"Array", "Dictionary", "Int", "Int64", "String", "UInt8"}


def code(path: Path) -> str:
    return COMMENT_OR_STRING.sub("", path.read_text())


def folder(path: Path) -> str:
    """Files at the top stand above all folders, each by itself."""
    relative = path.relative_to(SOURCES)
    return relative.parts[0] if len(relative.parts) > 1 else relative.name


def references(files: dict[Path, str]) -> dict[str, set[str]]:
    """Which folders each folder refers to: it names a type that is declared there, or a member that an extension there adds to a type."""
    types: dict[str, set[str]] = {}
    for path, text in files.items():
        for indent, name in TYPE.findall(text):
            if not indent:
                types.setdefault(name, set()).add(folder(path))
    members: dict[str, set[str]] = {}
    for path, text in files.items():
        for extended, body in EXTENSION.findall(text):
            if folder(path) not in types.get(extended, set()) and extended not in SYSTEM:
                for name in MEMBER.findall(body):
                    members.setdefault(name, set()).add(folder(path))
    edges: dict[str, set[str]] = {}
    for path, text in files.items():
        here = edges.setdefault(folder(path), set())
        for name in set(re.findall(r"\b[A-Z]\w*", text)):
            here |= types.get(name, set())
        for name in set(re.findall(r"\.(\w+)\b", text)):
            here |= members.get(name, set())
        here.discard(folder(path))
    return edges


def circle(edges: dict[str, set[str]]) -> list[str] | None:
    """The folders of one circle, or None."""
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str] | None:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return None
        for other in sorted(edges.get(name, ())):
            if found := visit(other, [*path, name]):
                return found
        done.add(name)
        return None

    for name in sorted(edges):
        if found := visit(name, []):
            return found
    return None


def sources() -> dict[Path, str]:
    return {path: code(path) for path in sorted(SOURCES.rglob("*.swift"))}


def test_the_folders_of_the_push_daemon_do_not_refer_to_each_other_in_a_circle():
    files = sources()
    edges = references(files)
    assert {"Admission", "Commands", "Connection", "Delivery", "EventLoop", "Presence", "WebSocket"} <= edges.keys()
    # What the parts below stand on is seen at all.
    assert "Connection" in edges["Delivery"] and "Delivery" in edges["Admission"] and "Commands" in edges["PushLoop.swift"]
    assert circle(edges) is None, " → ".join(circle(edges))


def test_a_reference_upwards_is_noticed():
    """By the name of a type, and by a method that an extension adds elsewhere."""
    files = sources()
    hub, connection = SOURCES / "Delivery" / "Hub.swift", SOURCES / "Connection" / "Connection.swift"
    assert circle(references(files | {connection: files[connection] + "\nlet upwards: Hub?\n"}))
    method = "\nextension Connection {\n  func deliverUpwards() {}\n}\n"
    call = "\nfunc call(_ connection: Connection) { connection.deliverUpwards() }\n"
    assert circle(references(files | {hub: files[hub] + method, connection: files[connection] + call}))


def test_the_loop_only_routes():
    assert len((SOURCES / "PushLoop.swift").read_text().splitlines()) <= 250
    extensions = [path for path, text in sources().items() if "extension PushLoop" in text and path.name != "PushLoop.swift"]
    assert not extensions, extensions


def test_every_change_of_a_principal_asks_for_the_session_in_its_transaction():
    """A verb that has a principal commits as that principal; only programs' own work and sign-in commit by themselves."""
    chat = SOURCES.parent / "Shared" / "Chat"
    body = re.compile(r"^  (?:\w+ )*func (\w+)\((.*?)^  \}", re.M | re.S)
    verbs = [
        (path.name, name, text)
        for path in sorted(chat.rglob("*.swift"))
        for name, text in body.findall(code(path))
        if re.search(r"principal: Principal\b", text.split("{")[0]) and name != "commit"
    ]
    changes = [(file, name) for file, name, text in verbs if "commit(as: principal)" in text]
    assert len(changes) > 20, "the pattern finds the verbs"
    bare = [(file, name) for file, name, text in verbs if re.search(r"\bcommit(?:\(| \{)(?!as: principal)", text)]
    assert not bare, bare
