"""Reads what storage_shim.c recorded, and says which files a disk may hold after a power cut at any record."""

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

HEADER = struct.Struct("<IIQqQ")
MAGIC = 0x45434C47
# Flags of an OPEN, in its offset.
MADE, EMPTIED, DIRECTORY = 1, 2, 4


class Kind(IntEnum):
    """As `enum kind` in storage_shim.c."""

    OPEN = 1
    WRITE = 2
    TRUNCATE = 3
    SYNC_BEGIN = 4
    SYNC_END = 5
    UNLINK = 6
    RENAME = 7
    NOTE = 8
    LINK = 9


# What may have become of writes that were not synced: none are there, all are, some of them, or some sectors (pages) of each.
VARIANTS = ("none", "all", "some", "sectors", "pages")
TORN_BYTES = {"sectors": 512, "pages": 4096}


@dataclass(frozen=True, slots=True)
class Record:
    kind: int
    file: int
    offset: int
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode()


def read_records(log: Path) -> list[Record]:
    records = []
    data = log.read_bytes()
    at = 0
    while at < len(data):
        magic, kind, file, offset, length = HEADER.unpack_from(data, at)
        assert magic == MAGIC, f"no record at byte {at} of {log}"
        at += HEADER.size
        records.append(Record(kind, file, offset, data[at : at + length]))
        at += length
    return records


@dataclass
class _File:
    """An inode: what is safe on the disk, and the writes and truncations since, each with its record's number."""

    safe: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, Record]] = field(default_factory=list)


class Disk:
    """A disk that is fed records. `lies(number, record)` tells of a sync that the disk does not do: for controls."""

    def __init__(self, lies=lambda number, record: False):
        self._lies = lies
        self._files: dict[int, _File] = {}
        self._names: dict[str, _File] = {}
        # Changes of names that no fsync has made safe yet: a name and what it stands for then, or None.
        self._renames: list[tuple[str, _File | None]] = []
        self._begun: dict[int, tuple[int, int]] = {}
        self._directories: dict[int, str] = {}
        self._number = 0

    def feed(self, record: Record) -> None:
        self._number += 1
        file = self._files.get(record.file)
        match record.kind:
            case Kind.OPEN if record.offset & DIRECTORY:
                self._directories[record.file] = record.text
            case Kind.OPEN:
                if record.offset & MADE or file is None:
                    file = self._files[record.file] = _File()
                    self._renames.append((record.text, file))
                elif record.offset & EMPTIED:
                    file.pending.append((self._number, Record(Kind.TRUNCATE, record.file, 0, b"")))
            case Kind.WRITE | Kind.TRUNCATE:
                assert file is not None, "a file was written that nobody opened while this was recorded"
                file.pending.append((self._number, record))
            case Kind.SYNC_BEGIN:
                self._begun[record.offset] = (self._number, len(self._renames))
            case Kind.SYNC_END:
                begun, renames = self._begun.pop(record.offset)
                if self._lies(self._number, record):
                    return
                if file is not None:
                    self._make_safe(file, begun)
                if record.file in self._directories:
                    self._make_names_safe(self._directories[record.file], renames)
            case Kind.UNLINK:
                self._renames.append((record.text, None))
            case Kind.RENAME:
                old, new = record.text.split("\0")
                self._renames += [(new, self._current_names()[old]), (old, None)]
            case Kind.LINK:
                old, new = record.text.split("\0")
                self._renames.append((new, self._current_names()[old]))

    def _make_safe(self, file: _File, begun: int) -> None:
        rest = []
        for number, record in file.pending:
            if number < begun:
                _apply(file.safe, record)
            else:
                rest.append((number, record))
        file.pending = rest
        # A file system that syncs a new file syncs its first name as well (ext4, xfs, btrfs).
        for index, (name, renamed) in enumerate(self._renames):
            if renamed is file and name not in self._names:
                self._names[name] = file
                del self._renames[index]
                break

    def _make_names_safe(self, directory: str, count: int) -> None:
        rest = []
        for index, (name, file) in enumerate(self._renames):
            if index < count and name.rpartition("/")[0] == directory:
                _set_name(self._names, name, file)
            else:
                rest.append((name, file))
        self._renames = rest

    def _current_names(self) -> dict[str, _File]:
        names = dict(self._names)
        for name, file in self._renames:
            _set_name(names, name, file)
        return names

    def unsynced(self, suffix: str = "") -> int:
        """How many writes to files whose name ends so a cut could undo now."""
        return sum(len(file.pending) for name, file in self._current_names().items() if name.endswith(suffix))

    def after_a_cut(self, variant: str, rng: random.Random) -> dict[str, bytes]:
        """The files that are there when power comes back."""
        names = dict(self._names)
        kept = {"none": 0, "all": len(self._renames)}.get(variant, rng.randint(0, len(self._renames)))
        for name, file in self._renames[:kept]:
            _set_name(names, name, file)
        return {name: self._content(file, variant, rng) for name, file in names.items()}

    @staticmethod
    def _content(file: _File, variant: str, rng: random.Random) -> bytes:
        content = bytearray(file.safe)
        for _, record in file.pending:
            if variant == "none":
                break
            if variant in TORN_BYTES and record.kind == Kind.WRITE:
                for offset, data in _pieces(record, TORN_BYTES[variant]):
                    if rng.random() < 0.5:
                        _write(content, offset, data)
            elif variant == "all" or rng.random() < 0.5:
                _apply(content, record)
        return bytes(content)


def _set_name(names: dict[str, _File], name: str, file: _File | None) -> None:
    if file is None:
        names.pop(name, None)
    else:
        names[name] = file


def _pieces(record: Record, size: int) -> Iterator[tuple[int, bytes]]:
    """A write cut at the borders of sectors or pages."""
    start = 0
    while start < len(record.data):
        end = start + size - (record.offset + start) % size
        yield record.offset + start, record.data[start:end]
        start = end


def _write(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


def _apply(content: bytearray, record: Record) -> None:
    if record.kind == Kind.WRITE:
        _write(content, record.offset, record.data)
    elif len(content) > record.offset:
        del content[record.offset :]
    else:
        content.extend(bytes(record.offset - len(content)))
