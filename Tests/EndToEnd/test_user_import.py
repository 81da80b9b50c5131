"""`echochatctl user import`: accounts with the password hashes of other systems, made by bcrypt, passlib and argon2-cffi."""

import asyncio
import json
import sqlite3
import warnings

import argon2
import bcrypt
import pytest

from support.accounts import is_signed_in, log_in
from support.clients import TestUser, TestUsers
from support.problems import check_error

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import crypt

    from passlib.hash import bcrypt_sha256, sha256_crypt, sha512_crypt

PASSWORD = "a päßword of the old system"
BYTES = PASSWORD.encode()


def hashes() -> dict[str, str]:
    """One of each kind, as cheap as its kind allows."""
    two_b = bcrypt.hashpw(BYTES, bcrypt.gensalt(4)).decode()
    return {
        "bcrypt-2b": two_b,
        "bcrypt-2a": bcrypt.hashpw(BYTES, bcrypt.gensalt(4, b"2a")).decode(),
        # PHP's name of the same hash.
        "bcrypt-2y": two_b.replace("$2b$", "$2y$"),
        "bcrypt-sha256-v1": bcrypt_sha256.using(rounds=4, version=1).hash(PASSWORD),
        "bcrypt-sha256-v2": bcrypt_sha256.using(rounds=4).hash(PASSWORD),
        "argon2id": argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=4).hash(PASSWORD),
        "argon2i": argon2.PasswordHasher(time_cost=3, memory_cost=64, parallelism=1, type=argon2.Type.I).hash(PASSWORD),
        "sha512-crypt": sha512_crypt.using(rounds=5000).hash(PASSWORD),
        "sha256-crypt": sha256_crypt.using(rounds=1000).hash(PASSWORD),
        "yescrypt": crypt.crypt(PASSWORD, "$y$j7T$abcdefgh"),
    }


def stored_hash(server, username: str) -> str:
    with sqlite3.connect(f"file:{server.data}/echochat.db?mode=ro", uri=True) as database:
        return database.execute("SELECT password_hash FROM users WHERE username = ?", (username,)).fetchone()[0]


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
async def test_imported_users_sign_in_with_their_old_passwords(own_server, tmp_path, form):
    server = own_server()
    accounts = {kind: value for kind, value in hashes().items()}
    file = tmp_path / f"users.{form}"
    rows = [{"username": kind, "password_hash": value} for kind, value in accounts.items()]
    if form == "csv":
        file.write_text("username,password_hash\r\n" + "".join(f'{row["username"]},"{row["password_hash"]}"\r\n' for row in rows))
    else:
        file.write_text(json.dumps(rows, indent=1) if form == "json" else "".join(json.dumps(row) + "\n" for row in rows))
    assert "would make 10 accounts" in server.run_ctl("user", "import", str(file), "--dry-run")
    async with TestUsers(server):
        check_error(await log_in(TestUser(server, "bcrypt-2b", PASSWORD)), 401, "bad_credentials")
        assert server.run_ctl("user", "import", str(file)) == "made 10 accounts, 0 were imported before\n"
        assert server.run_ctl("user", "import", str(file)) == "made 0 accounts, 10 were imported before\n"
        for kind, value in accounts.items():
            user = TestUser(server, kind, PASSWORD)
            for wrong in ("wrong", "", PASSWORD[:-1], PASSWORD + "x", PASSWORD + "\0"):
                check_error(await log_in(user, password=wrong), 401, "bad_credentials")
            assert stored_hash(server, kind) == value
            response = await log_in(user)
            assert response.status_code == 200, (kind, response.text)
            assert await is_signed_in(user.accept_tokens(response.json()))
            assert stored_hash(server, kind).startswith("$argon2id$v=19$"), kind
            assert (await log_in(user)).status_code == 200
            check_error(await log_in(user, password=PASSWORD + "x"), 401, "bad_credentials")
            await user.http.aclose()
    entries = json.loads(server.run_ctl("audit", "--action", "user_imported", "--json"))
    assert [entry["username"] for entry in entries] == list(accounts)


def test_nothing_is_imported_if_a_line_is_wrong_and_each_is_named(own_server, tmp_path):
    server = own_server()
    good = hashes()["bcrypt-2b"]
    costly = "$argon2id$v=19$m=4194304,t=3,p=4$elE0VQQ72n7kFhmM5bzytg$E8h4QJNEJNXxxK9yqV2AMF9DOe9n5bdTDM7t07fQ32M"
    file = tmp_path / "users.csv"
    file.write_text(
        f"username,email,password_hash\nzelda,,{good}\nadmin,,{good}\nyara,no address,{good}\n"
        f'xaver,,"{costly}"\nvera,,$2b$15${good[7:]}\nwalter,,plain\n'
    )
    errors = server.run_ctl("user", "import", str(file), status=1)
    for line, field in (
        (3, "username: This user name is reserved"),
        (4, "email: "),
        (5, "password_hash: Verifying"),
        (6, "password_hash: Ver"),
    ):
        assert f"line {line}: {field}" in errors, errors
    assert "line 7: password_hash: A hash by" in errors and "nothing is imported" in errors
    assert "plain" not in errors and good not in errors
    assert "zelda" not in server.run_ctl("user", "list")
    file.write_text(f"username,password_hash\nzelda,{good}\n")
    server.run_ctl("user", "import", str(file))
    file.write_text(f"username,password_hash\nzelda,{hashes()['bcrypt-2a']}\n")
    assert "line 2: username: This user name is taken" in server.run_ctl("user", "import", str(file), status=1)


def test_wrong_usage_of_the_import_is_64_and_a_file_that_cannot_be_read_is_1(own_server, tmp_path):
    server = own_server()
    for words in ([], ["--dry-run"], ["a.txt"], ["a.csv", "b.csv"], ["a.csv", "--now"], ["a.csv", "--dry-run", "x"]):
        server.run_ctl("user", "import", *words, status=64)
    assert "missing.csv" in server.run_ctl("user", "import", str(tmp_path / "missing.csv"), status=1)
    server.run_ctl("user", "import", str(tmp_path) + "/.csv", status=1)


async def test_while_a_costly_hash_is_verified_others_sign_in(own_server, tmp_path):
    """It is computed with a permit of the hasher, of which one stays free for other accounts."""
    server = own_server()
    value = bcrypt.hashpw(BYTES, bcrypt.gensalt(4)).decode().replace("$04$", "$14$")
    (tmp_path / "a.csv").write_text(f"username,password_hash\nslow,{value}\n")
    server.run_ctl("user", "import", str(tmp_path / "a.csv"))
    async with TestUsers(server) as users:
        bob = await users.register("bob")
        slow = TestUser(server, "slow", "wrong")
        slow.http.timeout = 60
        tries = [asyncio.create_task(log_in(slow)) for _ in range(3)]
        assert (await log_in(bob)).status_code == 200
        assert not all(task.done() for task in tries), "it did not wait for them"
        for task in tries:
            check_error(await task, 401, "bad_credentials")
        await slow.http.aclose()
