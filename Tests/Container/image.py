"""Builds the image of the Dockerfile without a registry: Debian's base by mmdebstrap, and the release programs that are built already.

The last stage is the Dockerfile's, word for word, but for where its base and its files come from.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BASE, IMAGE = "localhost/echochat-test-base", "localhost/echochat-test"
STORAGE = ["--storage-driver", "vfs"]


NEEDED = ("buildah", "mmdebstrap", "unshare", "nsenter", "ip")


def missing() -> str:
    """Why nothing can be built and run here; empty if it can."""
    if os.geteuid() != 0:
        return "only root can build and run an image without a container engine"
    absent = [name for name in NEEDED if not shutil.which(name)]
    if absent:
        return f"{', '.join(absent)} not installed"
    if subprocess.run(["ip", "link", "add", "echochat-t0", "type", "veth", "peer", "name", "echochat-t1"], capture_output=True).returncode:
        return "no network of its own for the container can be made here"
    subprocess.run(["ip", "link", "del", "echochat-t0"], check=True)
    return ""


def buildah(*words: str | Path, **more) -> str:
    done = subprocess.run(["buildah", *STORAGE, *map(str, words)], capture_output=True, text=True, **more)
    assert done.returncode == 0, f"buildah {' '.join(map(str, words))}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout.strip()


def debian(work: Path) -> Path:
    """An archive of the smallest Debian 12."""
    tree = work / "base.tar"
    sources = "/etc/apt/sources.list.d/debian.sources"
    subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", "bookworm", tree, sources], check=True)
    return tree


def build(work: Path) -> str:
    """Returns the name of the image; everything but the image is in `work`."""
    tree = debian(work)
    subprocess.run(
        ["make", "install", f"DESTDIR={work / 'image'}", "PREFIX=/usr", "WORKERS=2"], cwd=REPOSITORY, check=True, capture_output=True
    )
    base = buildah("from", "scratch")
    buildah("add", base, tree, "/")
    buildah("commit", "--rm", base, BASE)
    text = (REPOSITORY / "Dockerfile").read_text()
    last = text[text.index("FROM debian:bookworm-slim") :]
    for shipped, here in {"debian:bookworm-slim": BASE, "COPY --from=build /image/usr": "COPY image/usr"}.items():
        assert shipped in last
        last = last.replace(shipped, here)
    (work / "Dockerfile").write_text(last)
    buildah("bud", "--isolation", "chroot", "--network", "host", "--pull-never", "--format", "docker", "-t", IMAGE, work)
    return IMAGE


def remove(work: Path) -> None:
    for image in (IMAGE, BASE):
        subprocess.run(["buildah", *STORAGE, "rmi", image], capture_output=True)
    shutil.rmtree(work)


class Image:
    """An image that is mounted, with what it says of how it is run."""

    def __init__(self, name: str):
        self.container = buildah("from", "--pull-never", name)
        self.root = Path(buildah("mount", self.container))
        self.config = json.loads(buildah("inspect", "--type", "image", name))["Docker"]["config"]

    def close(self) -> None:
        buildah("umount", self.container)
        buildah("rm", self.container)
