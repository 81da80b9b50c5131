"""Fuzzing with libFuzzer and AddressSanitizer: handshake, frames, UTF-8, commands, tokens, keys, FastCGI parameters, requests, files.

The targets are in Fuzz. They are compiled here, without SwiftPM, since every module needs the instrumentation. A crash
leaves its input beside the corpus in .build/fuzz. Coverage of the WebSocket codec's lines is asked of all that was found.

    python -m Reliability.fuzz --seconds 300
"""

import base64
import json
import os
import re
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support import pictures
from support.raw_socket import BINARY, CLOSE, CONTINUATION, PING, TEXT, frame
from support.server import REPOSITORY

from .disturbed import main

SECONDS = 300
INPUT_BYTES_MAX = 9000
CODEC_LINES_MIN = 95.0
BUILD = REPOSITORY / ".build" / "fuzz"
PROGRAM = BUILD / "echochat-fuzz"
SOURCES = REPOSITORY / "Sources"
LIBRARIES = SOURCES / "Shared" / "CLibraries"
SANITIZERS = ["-sanitize=fuzzer,address"]
# Of the codec alone, and without optimization: lines that are inlined elsewhere would not be counted.
COVERAGE = ["-Onone", "-profile-generate", "-profile-coverage-mapping"]
FLAGS = ["-gline-tables-only", "-swift-version", "6", "-enable-testing", "-wmo", "-parse-as-library"]
FEATURES = ["ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility"]

# In the order of their imports. Of the REST worker only what parses, beside the targets.
ROUTING = SOURCES / "RestFCGI"
MODULES: dict[str, list[Path]] = {
    "Domain": [SOURCES / "Shared" / "Domain"],
    "HTTPSyntax": [SOURCES / "Shared" / "HTTPSyntax"],
    "Posix": [SOURCES / "Shared" / "Posix"],
    "Media": [SOURCES / "Shared" / "Media"],
    "WebSocket": [SOURCES / "PushDaemon" / "WebSocket"],
    "Wire": [SOURCES / "Shared" / "Wire"],
    "Auth": [SOURCES / "Shared" / "Auth"],
    "Fuzz": [
        Path(__file__).parent / "Fuzz",
        REPOSITORY / "Tests" / "Shared" / "MediaTests" / "Memory.swift",
        ROUTING / "Server" / "FastCGIParameters.swift",
        ROUTING / "Routing" / "Path.swift",
        ROUTING / "Routing" / "Query.swift",
        ROUTING / "HTTP" / "Request.swift",
        ROUTING / "HTTP" / "BodyStream.swift",
        ROUTING / "Routing" / "PercentEncoding+ChatError.swift",
    ],
}


def files(paths: list[Path]) -> list[Path]:
    return sorted(file for path in paths for file in (path.rglob("*.swift") if path.is_dir() else [path]))


def build() -> None:
    """Compiles all modules and links the fuzzer, unless it is newer than its sources."""
    sources = [file for paths in MODULES.values() for file in files(paths)]
    newest = max(file.stat().st_mtime for file in [*sources, Path(__file__)])
    if PROGRAM.exists() and PROGRAM.stat().st_mtime > newest:
        return
    BUILD.mkdir(parents=True, exist_ok=True)
    header = LIBRARIES / "CLinux" / "include" / "CLinux.h"
    objects = []
    for source in sorted((LIBRARIES / "CLinux").glob("*.c")):
        objects.append(BUILD / f"{source.stem}.o")
        subprocess.run(["clang", "-c", "-O", "-I", header.parent, source, "-o", objects[-1]], check=True)
    (BUILD / "CLinux").mkdir(exist_ok=True)
    (BUILD / "CLinux" / "module.modulemap").write_text(f'module CLinux {{ header "{header}" export * }}\n')
    libraries = [LIBRARIES / name for name in ("COpenSSL", "CSodium", "CCrypt")]
    includes = [word for directory in (BUILD, BUILD / "CLinux", *libraries) for word in ("-I", directory)]
    flags = [*FLAGS, *SANITIZERS, *includes, *(word for name in FEATURES for word in ("-enable-upcoming-feature", name))]
    for name, paths in MODULES.items():
        object_file = BUILD / f"{name}.o"
        coverage = COVERAGE if name == "WebSocket" else ["-O"]
        swift_files = files(paths)
        # Prints what it does: a build of a minute.
        print(f"compiling {name}", flush=True)
        subprocess.run(
            ["swiftc", *flags, *coverage, "-module-name", name, "-emit-module", "-emit-module-path", BUILD / f"{name}.swiftmodule"]
            + ["-c", *swift_files, "-o", object_file],
            check=True,
        )
        objects.append(object_file)
    link = ["swiftc", *SANITIZERS, "-profile-generate", *objects, "-lcrypto", "-lsodium", "-lcrypt", "-o", PROGRAM]
    # The linker warns of each symbol of AddressSanitizer that it does not export.
    linked = subprocess.run(link, capture_output=True, text=True)
    assert linked.returncode == 0, linked.stderr[-3000:]


def seeds() -> dict[str, list[bytes]]:
    """A few good and bad inputs for each target."""
    upgrade = (
        b"GET /ws?token=a%20b&since=5 HTTP/1.1\r\nHost: chat.example.org:8080\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nOrigin: https://chat.example.org\r\n"
        b"Sec-WebSocket-Protocol: echochat.v1, bearer.abc\r\nAuthorization: Bearer abc.def-_~+/==\r\n\r\n"
    )
    switch = (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: echochat.v1\r\n\r\n"
    )
    plain = [text for text in (b"", b"a", "grüße ☃ 𝄞".encode(), b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"x" * 70 + b"\xff")]
    frames = [
        frame(TEXT, b"hello") + frame(PING, b"p") + frame(CLOSE, struct.pack(">H", 1000) + b"bye"),
        frame(TEXT, "grü".encode(), final=False) + frame(PING) + frame(CONTINUATION, "ße".encode()),
        frame(BINARY, b"x" * 126) + frame(BINARY, b"x" * 4000) + frame(CLOSE),
        frame(TEXT, b"\xff"),
        frame(BINARY, b"", length=bytes([127, 0, 0, 0, 0, 0, 1, 0, 0])),
        frame(BINARY, b"", length=bytes([127, 0x80, 0, 0, 0, 0, 0, 0, 0])),
        frame(BINARY, b"x", reserved=4),
        frame(3),
        frame(0xB, b"x"),
        frame(CONTINUATION),
        frame(PING, b"p" * 126),
        frame(PING, final=False),
        frame(CLOSE, b"\x03"),
        frame(CLOSE, struct.pack(">H", 1005)),
        frame(CLOSE, struct.pack(">H", 4001) + b"\xff"),
        frame(TEXT, b"a", final=False) * 17,
        frame(TEXT, b"a", final=False) + frame(TEXT, b"b"),
        frame(BINARY, b"x" * 5000),
        frame(TEXT, b"short", length=bytes([126, 0, 5])),
        frame(TEXT, b"short", length=bytes([127, 0, 0, 0, 0, 0, 0, 0, 5])),
    ]
    bare = [frame(TEXT, b"hello", masked=False), frame(BINARY, b"x" * 300, masked=False) + frame(CLOSE, masked=False)]
    commands = [
        {"event": "send_message", "ref": "r1", "data": {"room_id": "abc", "content": "hi ☃ \ud834\udd1e", "client_id": "c", "reply_to": 4}},
        {"event": "mark", "data": {"room_id": "abc", "read_seq": 7, "delivered_seq": 9007199254740993}},
        {"event": "authenticate", "data": {"token": "a.b.c", "since": -1}},
        {"event": "set_presence", "data": {"state": "idle"}},
        {"event": "add_reaction", "data": {"room_id": "abc", "seq": 1, "emoji": "👍🏽"}},
        {"event": "edit_message", "ref": ["x"], "data": {"seq": 1.5e3, "content": None}},
    ]
    claims = {"iss": "echochat", "aud": "echochat", "sub": "u1", "sid": "s1", "jti": "j1", "iat": 1_799_999_999, "exp": 1_800_000_500}
    host = {"iss": "i", "aud": "a", "sub": "u", "iat": 1_799_999_999, "exp": 1_800_000_500, "preferred_username": "alice", "email": "a@b.c"}
    # Those of RFC 8037 appendix A and RFC 7515 appendix A.3, and an RSA key that is none.
    ed25519 = b"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    public_keys = {
        "EdDSA": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        "ES256": {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        },
        "RS256": {"kty": "RSA", "n": "A" * 340 + "BB", "e": "AQAB"},
    }
    heads = [upgrade, switch, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST /ws HTTP/1.0\r\nHost: x\r\n\r\n", b"\r\n\r\n", b"A" * 9000]
    heads += [upgrade.replace(b"13", b"8"), upgrade.replace(b"\r\n", b"\n"), upgrade.replace(b"Host", b" Host")]
    heads += [upgrade.replace(b": ", b" ")]
    heads += [upgrade.replace(b"GET", b"PUT"), upgrade.replace(b"echochat.v1", b"bearer.abc"), upgrade.replace(b"==", b"=!"), upgrade * 2]
    heads += [upgrade.replace(b"Upgrade: websocket\r\n", b""), upgrade.replace(b"Sec-WebSocket-Version: 13\r\n", b"")]
    heads += [upgrade.replace(b"token=", value) for value in (b"token=%zz", b"token=%00", b"token=%ff", b"token=1&token=2", b"&&=" * 40)]
    lines = (b"Host: y", b"Content-Length: 5", b"X: 1\r\n" * 70, b"B\x00d: 1")
    heads += [upgrade.replace(b"\r\n\r\n", b"\r\n" + line + b"\r\n\r\n") for line in lines]
    heads += [switch.replace(b"101", b"10x"), switch.replace(b"HTTP/1.1", b"HTTP/2.0"), b"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n"]
    return {
        "handshake": heads,
        "frames": [bytes([choice]) + stream for stream in [*frames, *bare] for choice in (0, 1, 2, 20)],
        "utf8": plain,
        "command": [json.dumps(command).encode() for command in commands] + [b"{}", b"[1]", b'{"event":"ping","event":"ping"}'],
        "token": [json.dumps(claims).encode(), b"a.b.c", b'{"iss":"echochat","iss":"x"}', b'{"exp":1e9,"iat":-1}'],
        "host-token": [
            json.dumps({"alg": "HS256", "typ": "JWT", "kid": "k"}).encode() + b"\0" + json.dumps({**host, **more}).encode()
            for more in ({}, {"aud": ["x", "a"], "nbf": 1.5, "sid": "s", "roles": {"a": [None, True, -1e9]}}, {"name": "\ud834\udd1e"})
        ],
        "host-keys": [json.dumps({"keys": [{**key, "kid": "k", "use": "sig", "alg": alg}]}).encode() for alg, key in public_keys.items()]
        + [b"-----BEGIN PUBLIC KEY-----\n" + ed25519 + b"\n-----END PUBLIC KEY-----\n", base64.b64decode(ed25519), b"0123456789abcdef" * 2],
        "parameters": [
            b"REQUEST_METHOD=GET\0REQUEST_URI=/api/v1/rooms?limit=5\0HTTP_AUTHORIZATION=Bearer x\0CONTENT_LENGTH=\0"
            b"HTTP_COOKIE=a\0HTTP_COOKIE=b",
            b"HTTP_AUTHORIZATION=a\0HTTP_AUTHORIZATION=b\0=\0NOEQUALS\0REQUEST_URI=",
        ],
        "picture": [*pictures.pictures().values(), *(trap.content for trap in pictures.traps() if len(trap.content) < INPUT_BYTES_MAX)],
        "form": forms(),
        "name": [name.encode() for name in ("../a\\b/photo.jpg", "Gru\u0308\u00dfe \u2603.txt", "ann\u202egpj.exe", "a" * 300 + ".tar.gz", "...")],
        "target": [b"/api/v1/rooms/abc/messages?before=5&q=a+b%20c&x", b"/%2e%2e/%2F//a%00?%", "/ü?ü=☃".encode(), b"?&&==&"],
    }


def forms() -> list[bytes]:
    """Bodies with the boundary that the target expects."""
    head = b'--xyz\r\nContent-Disposition: form-data; name="file"; filename='
    file = head + b'"a \\"b%22.txt"; filename*=UTF-8\'\'%e2%98%83\r\nContent-Type: text/plain\r\n\r\n'
    field = b"--xyz \t\r\nContent-Disposition: form-data; name=room\r\n\r\nLobby\r\n"
    bodies = [file + b"1\r\n--xy\r\n--xyzz\r\n--xyz--", b"preamble\r\n" + field + file + b"\r\n" + field + b"--xyz--\r\nepilogue", head + b"\r\n"]
    return [*bodies, bodies[1].replace(b"\r\n", b"\n"), field * 40 + b"--xyz--"]


def run(name: str, seconds: int) -> tuple[bool, str]:
    """Fuzzes one target. Returns whether nothing was found, and what libFuzzer said at last."""
    corpus = BUILD / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds().get(name, [])):
        (corpus / f"seed-{number}").write_bytes(seed)
    environment = {
        **os.environ,
        "ECHOCHAT_FUZZ": name,
        "ASAN_OPTIONS": "detect_leaks=0",
        "LLVM_PROFILE_FILE": str(BUILD / f"{name}.profraw"),
        "SWIFT_BACKTRACE": "enable=no",
    }
    words = [f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES_MAX}", "-timeout=10", f"-artifact_prefix={BUILD}/{name}-", "-print_final_stats=1"]
    done = subprocess.run([PROGRAM, corpus, *words], env=environment, capture_output=True, text=True, errors="replace")
    runs = re.search(r"number_of_executed_units:\s*(\d+)", done.stderr)
    return done.returncode == 0, f"{runs[1] if runs else '?'} runs" if done.returncode == 0 else done.stderr[-3000:]


def codec_coverage() -> tuple[float, str]:
    """The share of the codec's lines, in percent, that any target has run, and the lines it has not."""
    merged = BUILD / "all.profdata"
    tools = _toolchain()
    raw = sorted(BUILD.glob("*.profraw"))
    subprocess.run([tools / "llvm-profdata", "merge", "-sparse", *raw, "-o", merged], check=True)
    words = [tools / "llvm-cov", "export", PROGRAM, f"-instr-profile={merged}", *files(MODULES["WebSocket"])]
    found = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)["data"][0]
    missing = []
    for file in found["files"]:
        lines = file["summary"]["lines"]
        if lines["covered"] < lines["count"]:
            missing.append(f"{Path(file['filename']).name} {lines['covered']}/{lines['count']}")
    return found["totals"]["lines"]["percent"], ", ".join(missing)


def _toolchain() -> Path:
    return Path(subprocess.run(["which", "swiftc"], check=True, capture_output=True, text=True).stdout.strip()).resolve().parent


def programme(directory: Path, options, seed: int) -> bool:
    build()
    names = list(seeds())
    good = True
    each = max(1, options.seconds * options.jobs // len(names))
    with ThreadPoolExecutor(options.jobs) as pool:
        for name, (passed, text) in zip(names, pool.map(lambda name: run(name, each), names), strict=True):
            print(f"{name}: {text}", flush=True)
            good &= passed
    percent, missing = codec_coverage()
    print(f"lines of the WebSocket codec that were run: {percent:.1f} %, not all of: {missing}")
    found = not run("control", 10)[0]
    print(f"control, a planted fault: {'found' if found else 'NOT FOUND'}")
    return good and percent >= CODEC_LINES_MIN and found


if __name__ == "__main__":
    sys.exit(main(__doc__, programme, seconds=SECONDS, jobs=2))
