"""The container image: built, run by an ordinary user on a read-only root, reached from outside, stopped and run again."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
import websockets

from Container.image import Image, build, missing, remove

INSIDE, OUTSIDE, PORT = "10.231.7.2", "10.231.7.1", 8080
URL = f"http://{INSIDE}:{PORT}"


pytestmark = pytest.mark.skipif(bool(reason := missing()), reason=f"the image is not tested: {reason}")


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    work = tmp_path_factory.mktemp("image")
    made = Image(build(work))
    yield made
    made.close()
    remove(work)


class Container:
    """A run of the image in namespaces of its own, as an engine makes them from the image's configuration."""

    def __init__(self, image: Image, volumes: Path):
        """`volumes` is where its volumes are kept, each under its path in the image."""
        self.config = image.config
        self.user = image.config["User"].split(":")[0]
        self.environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", *image.config["Env"]]
        root = image.root
        mounts = []
        for path in self.config["Volumes"]:
            volume = volumes / path.lstrip("/")
            volume.mkdir(parents=True, exist_ok=True)
            # An engine gives a new volume the owner that the directory has in the image.
            owner = (root / path.lstrip("/")).stat()
            os.chown(volume, owner.st_uid, owner.st_gid)
            mounts.append(f"mount --bind {volume} {root}{path}")
        # Everything is read-only but the volumes and /tmp.
        script = f"""
            mount --make-rprivate / && mount --bind {root} {root} && mount -t proc proc {root}/proc && mount --rbind /dev {root}/dev &&
            {" && ".join(mounts)} && mount -t tmpfs -o mode=1777 tmpfs {root}/tmp &&
            mount -o remount,ro,bind {root} && ip link set lo up && read go && exec chroot {root} "$@"
        """
        drop = ["setpriv", "--no-new-privs", "--bounding-set=-all", "--reuid", self.user, "--regid", self.user, "--clear-groups"]
        words = [*drop, "env", "-i", *self.environment, *image.config["Entrypoint"], *image.config["Cmd"]]
        output, ours = os.pipe()
        # As engines do: nginx opens its output anew.
        os.fchown(ours, int(self.user), int(self.user))
        self.process = subprocess.Popen(
            ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "bash", "-c", script, "_", *words],
            stdin=subprocess.PIPE, stdout=ours, stderr=ours, text=True,
        )  # fmt: skip
        os.close(ours)
        self._lines = os.fdopen(output)
        self._connect()
        self.process.stdin.write("go\n")
        self.process.stdin.close()
        self.output: list[str] = []
        for line in self._lines:
            self.output.append(line)
            if "is ready at" in line:
                return
        raise AssertionError("".join(self.output))

    def _connect(self) -> None:
        for _ in range(200):
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            if children:
                break
            time.sleep(0.02)
        self.pid = int(children[0])
        inside = f"nsenter -t {self.pid} -n ip"
        for words in (
            f"ip link add echochat-t0 type veth peer name echochat-t1 netns {self.pid}",
            f"ip address add {OUTSIDE}/30 dev echochat-t0",
            "ip link set echochat-t0 up",
            f"{inside} address add {INSIDE}/30 dev echochat-t1",
            f"{inside} link set echochat-t1 up",
        ):
            subprocess.run(words.split(), check=True)

    def inside(self, *words: str) -> subprocess.CompletedProcess:
        """Runs a program of the image in the container, as its user."""
        drop = ["setpriv", "--reuid", self.user, "--regid", self.user, "--clear-groups", "env", "-i", *self.environment]
        enter = ["nsenter", "-t", str(self.pid), "-n", "-m", "-p", "-r", "-w"]
        return subprocess.run([*enter, *drop, *words], capture_output=True, text=True, timeout=30)

    def stop(self) -> int:
        """Ends it as an engine does, and returns its exit status."""
        os.kill(self.pid, signal.SIGTERM)
        self.output += self._lines
        return self.process.wait(timeout=30)


@contextlib.contextmanager
def running(image: Image, volumes: Path):
    container = Container(image, volumes)
    try:
        yield container
    finally:
        # Its first process: the kernel ends the others, and the network, with it.
        if container.process.poll() is None:
            os.kill(container.pid, signal.SIGKILL)
            container.process.wait(10)


def call(method: str, path: str, token: str | None = None, **body) -> dict:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(URL + path, json.dumps(body).encode() if body else None, headers, method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=20) as answer:
        text = answer.read()
        return json.loads(text) if "json" in answer.headers["Content-Type"] else {"text": text.decode()}


async def heard(token: str, room: str, content: str) -> dict:
    """Says something over REST and returns the event that a WebSocket receives of it."""
    async with websockets.connect(
        f"ws://{INSIDE}:{PORT}/ws", additional_headers={"Authorization": f"Bearer {token}"}, proxy=None
    ) as socket:
        await asyncio.wait_for(socket.recv(), 10)
        await asyncio.to_thread(call, "POST", f"/api/v1/rooms/{room}/messages", token, content=content)
        while True:
            frame = json.loads(await asyncio.wait_for(socket.recv(), 10))
            if content in json.dumps(frame):
                return frame


def test_the_image_serves_as_an_ordinary_user_on_a_read_only_root_and_keeps_what_the_volume_has(image, tmp_path):
    password = "correct-horse-battery"
    with running(image, tmp_path) as container:
        assert "echochat" in call("GET", "/")["text"].lower()
        token = call("POST", "/api/v1/auth/register", username="alice", password=password)["access_token"]
        room = call("POST", "/api/v1/rooms", token, kind="group", name="Lobby")["room_id"]
        assert asyncio.run(heard(token, room, "Hello from outside"))
        health = container.config["Healthcheck"]["Test"]
        assert health[0] == "CMD" and container.inside(*health[1:]).returncode == 0
        for place, status in {"/etc/x": 1, "/usr/x": 1, "/tmp/x": 0, "/var/lib/echochat/x": 0}.items():
            assert container.inside("touch", place).returncode == status, place
        assert container.inside("id", "-u").stdout == "10001\n"
        assert container.inside("echochatctl", "user", "show", "alice").returncode == 0
        made = container.inside("echochatctl", "backup", "/var/backups/echochat")
        assert made.returncode == 0, made.stderr
        (backup,) = (tmp_path / "var/backups/echochat").iterdir()
        assert container.inside("echochatctl", "verify", f"/var/backups/echochat/{backup.name}").returncode == 0
        assert container.stop() == 0, container.output
        log = "".join(container.output)
        assert '"/api/v1/auth/register" 201' in log and not (tmp_path / "var/lib/echochat/log/rest.log").exists(), "the logs are the container's output"
    with running(image, tmp_path) as container:
        token = call("POST", "/api/v1/auth/login", username="alice", password=password)["access_token"]
        messages = call("GET", f"/api/v1/rooms/{room}/messages", token)["messages"]
        assert [message["content"] for message in messages] == ["Hello from outside"]
        assert container.stop() == 0, container.output


def test_the_health_check_fails_while_a_program_hangs(image, tmp_path):
    with running(image, tmp_path) as container:
        health = container.config["Healthcheck"]["Test"][1:]
        daemon = container.inside("cat", "/tmp/echochat/push.pid").stdout.strip()
        assert container.inside("bash", "-c", f"kill -STOP {daemon}").returncode == 0
        deadline = time.monotonic() + 8
        while container.inside("timeout", "5", *health).returncode == 0:
            assert time.monotonic() < deadline, "it is not noticed"
            time.sleep(0.2)
        container.inside("bash", "-c", f"kill -CONT {daemon}")
        assert container.stop() == 0, container.output
