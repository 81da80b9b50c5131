"""The nginx configuration of the repository with one more location, as an operator adds it."""

import shutil
from pathlib import Path

from .server import REPOSITORY


def nginx_with_location(folder: Path, location: str) -> Path:
    """Fills a new folder, which `Server` takes as `nginx`."""
    folder.mkdir()
    for file in (REPOSITORY / "nginx").glob("*.conf"):
        shutil.copy(file, folder)
    (folder / "html").symlink_to(REPOSITORY / "nginx" / "html")
    with (folder / "echochat-server.conf").open("a") as configuration:
        configuration.write(location)
    return folder
