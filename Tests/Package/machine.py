"""A Debian that boots in a container, without a network of the host: systemd-nspawn on a tree that mmdebstrap makes."""

import contextlib
import ctypes
import os
import shutil
import subprocess
import time
from pathlib import Path

# What the package depends on or recommends, so that it is installed without a network; and what the tests use.
SYSTEM = "systemd,systemd-sysv,dbus,nginx,curl"
LIBRARIES = "libsodium23,libfcgi0ldbl,libsqlite3-0,libssl3,libcrypt1,libcurl4,libgcc-s1,libstdc++6,libvips-tools"
BOOT_SECONDS = 90
CLONE_NEWNET = 0x40000000
PATHS = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"


def unavailable() -> str | None:
    """Why no machine can boot here, in a sentence; None if one can."""
    if os.geteuid() != 0:
        return "only root can boot a container"
    missing = [name for name in ("mmdebstrap", "systemd-nspawn", "nsenter") if shutil.which(name) is None]
    return f"{', '.join(missing)} is not installed" if missing else None


def base(cache: Path) -> Path:
    """The tree of a fresh Debian as an archive, which is made once."""
    archive = cache / "debian.tar"
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        sources = "/etc/apt/sources.list.d/debian.sources"
        command = ["mmdebstrap", "--variant=minbase", f"--include={SYSTEM},{LIBRARIES}", "bookworm", cache / "new.tar"]
        subprocess.run([*command, *([sources] if Path(sources).exists() else [])], check=True, timeout=900)
        (cache / "new.tar").rename(archive)
    return archive


class Machine:
    """One container on its own tree below `directory`."""

    def __init__(self, archive: Path, directory: Path):
        self.tree = directory / "tree"
        self.tree.mkdir()
        subprocess.run(["tar", "-xf", archive, "-C", self.tree], check=True)
        self.log = directory / "boot.log"
        self.process: subprocess.Popen | None = None

    def boot(self) -> None:
        command = ["systemd-nspawn", "-q", "-D", self.tree, "--register=no", "--keep-unit", "--private-network", "--boot", "--console=pipe"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline:
            time.sleep(0.5)
            assert self.process.poll() is None, self.log.read_text(errors="replace")
            with contextlib.suppress(ValueError, IndexError):
                if self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded"):
                    return
        raise AssertionError(f"not booted within {BOOT_SECONDS} s: {self.log.read_text(errors='replace')}")

    def halt(self) -> None:
        self.run("systemctl", "poweroff", check=False)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    @property
    def init(self) -> int:
        """The number of its first process on the host."""
        return int(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0])

    def run(self, *words: str, check: bool = True, timeout: float = 120) -> subprocess.CompletedProcess:
        """Runs a command inside, as root."""
        enter = ["nsenter", "-t", str(self.init), "-m", "-u", "-i", "-n", "-p", "-r", "-w", "env", "-i", PATHS, "LC_ALL=C.UTF-8"]
        done = subprocess.run([*enter, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
        assert not check or done.returncode == 0, done
        return done

    def shell(self, script: str, check: bool = True) -> subprocess.CompletedProcess:
        return self.run("sh", "-c", script, check=check)

    def install(self, package: Path) -> None:
        shutil.copy(package, self.tree / "root")
        self.run("env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "--force-confold", "-i", f"/root/{package.name}", timeout=300)

    @contextlib.contextmanager
    def network(self):
        """The calling thread is in its network; sockets that are open stay where they are."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/thread-self/ns/net") as own, open(f"/proc/{self.init}/ns/net") as its:
            if libc.setns(its.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            try:
                yield
            finally:
                libc.setns(own.fileno(), CLONE_NEWNET)


def repacked(package: Path, version: str, directory: Path) -> Path:
    """The same package with another version: the one before, as dpkg sees it."""
    tree = directory / "repacked"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN" / "control"
    lines = control.read_text().splitlines(keepends=True)
    control.write_text("".join(f"Version: {version}\n" if line.startswith("Version:") else line for line in lines))
    older = directory / f"echochat_{version}_amd64.deb"
    subprocess.run(["dpkg-deb", "-Zgzip", "-z1", "-b", tree, older], check=True, capture_output=True)
    shutil.rmtree(tree)
    return older
