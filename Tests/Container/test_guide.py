"""The operator's guide, followed word for word on a bare Debian that has an nginx."""

import re
import shutil
import subprocess

import pytest

from Container.image import REPOSITORY, debian, missing

pytestmark = pytest.mark.skipif(bool(reason := missing()), reason=f"the guide is not followed: {reason}")

# What a machine has on which somebody has built the programs, and an nginx.
MACHINE = """
set -e
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d
apt-get update -q
apt-get install -qy --no-install-recommends binutils curl libcurl4 libfcgi0ldbl libsodium23 libsqlite3-0 libssl3 make nginx sudo
"""
BEFORE = """
set -ex
nginx
cd /src
"""
AFTER = """
set -e
curl -sS --fail http://127.0.0.1:8080/ | grep -qi '<!doctype html'
curl -sS --fail http://127.0.0.1:8080/docs/problems | grep -q 'id="rate_limited"'
curl -sS --fail http://127.0.0.1:8080/api/v1/auth/register --json '{"username": "alice", "password": "a long walk on the beach"}' >/dev/null
echochatctl user list | grep -q alice
stat -c 'owner of the database: %U' /var/lib/echochat/echochat.db
echo 'all of it works'
"""


def block() -> str:
    """The commands of the guide."""
    text = (REPOSITORY / "nginx/OPERATING.md").read_text()
    return re.search(r"<!-- A test runs this block as it stands. -->\n```sh\n(.*?)```", text, re.DOTALL)[1]


def run(root, commands: str, namespaces: str) -> str:
    """Runs commands in a system below `root`; what they have started ends with them."""
    (root / "commands").write_text(commands)
    script = f"""
        mount --make-rprivate / && mount --bind {REPOSITORY} {root}/src && mount -t proc proc {root}/proc && mount --rbind /dev {root}/dev &&
        ip link set lo up && chroot {root} bash /commands
    """
    words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *namespaces.split(), "bash", "-c", script]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def test_the_commands_of_the_guide_lead_to_a_site_that_serves(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    subprocess.run(["tar", "--extract", "--file", debian(tmp_path), "--directory", root], check=True)
    (root / "src").mkdir()
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    run(root, MACHINE, "")
    # Without a network: no other program has the ports, and the packages are there.
    done = run(root, BEFORE + block() + AFTER, "--net")
    assert "all of it works" in done and "owner of the database: echochat" in done
