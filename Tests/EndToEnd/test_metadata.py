"""What becomes of pictures with words in every place: the words go, every pixel stays, and what stood upright stands upright.

The program echochat-media does what an upload does with a file. test_files.py shows that what is served has passed through it.
"""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.pictures import Trap, exif, frames, jpeg, opened, pictures, png, png_bomb, says_secret, scene, traps, upright, webp
from support.server import PROGRAMS

# Pillow warns of the very things that are put into the pictures.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")

PICTURES = pictures()
# What a file of any size may cost beside a small one: buffers of less than 64 KiB; the rest is code that is mapped when it first runs.
MEMORY_KIB = 512


@dataclass(frozen=True)
class Reading:
    """What the program said of a file, and what it made of it."""

    status: int
    said: str
    copy: bytes

    @property
    def facts(self) -> dict:
        assert self.status == 0, self.said
        return json.loads(self.said)


@pytest.fixture
def read(tmp_path: Path):
    def read(content: bytes) -> Reading:
        (tmp_path / "file").write_bytes(content)
        words = [PROGRAMS / "echochat-media", tmp_path / "file", tmp_path / "copy"]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        copy = (tmp_path / "copy").read_bytes() if (tmp_path / "copy").exists() else b""
        return Reading(done.returncode, done.stdout, copy)

    return read


@pytest.mark.parametrize("name", PICTURES)
def test_words_go_and_pixels_stay(read, name):
    picture = PICTURES[name]
    assert says_secret(picture)
    copy = read(picture).copy
    assert not says_secret(copy)
    assert frames(copy) == frames(picture)
    before, after = opened(picture).info, opened(copy).info
    for key in ("icc_profile", "transparency", "gamma", "duration", "loop", "background"):
        assert after.get(key) == before.get(key), key
    assert "xmp" not in after or not after["xmp"].strip(b"\0")


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_stands_upright(read, name, orientation):
    picture = pictures(orientation)[name]
    reading = read(picture)
    assert upright(reading.copy).tobytes() == upright(picture).tobytes()
    assert (reading.facts["width"], reading.facts["height"]) == upright(picture).size


def test_orientation_six_is_seen_in_the_corners(read):
    """The corner that is bright lies at the upper right once a picture that was taken with the camera on its side is turned."""
    for picture in (jpeg(6), png(6), webp(6)):
        shown = upright(read(picture).copy).convert("RGB")
        assert shown.size == (32, 48)
        assert shown.getpixel((31, 0))[2] > 200
        assert shown.getpixel((0, 0))[2] < 100


def test_exif_that_is_left_says_nothing_but_the_orientation(read):
    for picture in (jpeg(8), png(8), webp(8)):
        assert dict(opened(read(picture).copy).getexif()) == {0x0112: 8}
    assert exif(8) not in read(jpeg(8)).copy


@pytest.mark.parametrize("trap", [trap for trap in traps() if trap.outcome == "stripped"], ids=lambda trap: trap.name)
def test_what_was_added_to_a_picture_is_gone(read, trap: Trap):
    copy = read(trap.content).copy
    assert frames(copy) == frames(trap.content)
    for word in (b"SECRET", b"<script", b"PK\3\4", b"MANIFEST"):
        assert word not in copy


@pytest.mark.parametrize("trap", [trap for trap in traps() if trap.outcome == "refused"], ids=lambda trap: trap.name)
def test_a_trap_is_not_sound_or_too_large_or_not_what_it_says(read, trap: Trap):
    reading = read(trap.content)
    if reading.status == 0:
        kind = trap.media_type.removeprefix("image/")
        assert reading.facts["type"] != kind or not reading.facts["within_limits"]
    else:
        assert reading.status == 1, reading.said


def test_a_picture_that_is_cut_off_is_refused(read):
    for name in ("photo.jpg", "drawing.png", "photo.webp", "moving.gif", "photo.avif"):
        copy = read(PICTURES[name]).copy
        # In an AVIF the last box, which was blanked, may go.
        for count in (20, len(copy) // 3, len(copy) * 2 // 3):
            assert read(copy[:count]).status in (0, 1)
            assert read(copy[:count]).status == 1 or json.loads(read(copy[:count]).said)["type"] in ("unknown", "text"), (name, count)


def test_a_file_of_25_mib_costs_no_memory(read):
    """Beside the program itself: the libraries of a small file are the same."""
    noise = os.urandom(25 << 20).replace(b"\xff", b"\xfe")
    plain = jpeg(metadata=False)
    scan = plain.rindex(b"\xff\xd9")
    small, large = read(plain), read(plain[:scan] + noise + plain[scan:])
    assert len(large.copy) > 25 << 20
    assert 0 < large.facts["memory_kib"] <= small.facts["memory_kib"] + MEMORY_KIB


def test_a_bomb_is_told_by_its_header(read):
    reading = read(png_bomb())
    assert not reading.facts["within_limits"]
    assert reading.facts["memory_kib"] <= read(PICTURES["drawing.png"]).facts["memory_kib"] + MEMORY_KIB


def test_the_checks_can_fail():
    """The control: words, pixels and orientations that should be noticed are."""
    assert says_secret(exif()) and says_secret(PICTURES["drawing.png"])
    packed = png()
    assert says_secret(packed[packed.index(b"zTXt") :][:100].replace(b"SECRET", b"xxxxxx"))
    assert upright(PICTURES["photo.jpg"]).tobytes() != opened(PICTURES["photo.jpg"]).tobytes()
    assert frames(jpeg(metadata=False)) != frames(png(None, mode="RGB"))
    assert scene().getpixel((0, 0))[2] > 200
