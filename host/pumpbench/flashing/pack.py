"""Packs: a firmware as one file, as ``device/slots.py`` reads it."""

import binascii
import hashlib
from dataclasses import dataclass

_HEAD = 42
_MAGIC = b"PUMPFW1 "
# In the order of `firmware_hash` in device/pumpfw/identity.py.
_FOLDERS = ("pumpfw", "pumpfw/hal", "pumpfw/sensors", "pumplink")


@dataclass(frozen=True)
class Entry:
    """A file of a pack."""

    path: str
    offset: int
    data: bytes

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file, as hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Pack:
    """A pack's files in order, and its head with the index."""

    head: bytes
    entries: tuple[Entry, ...]

    def content(self) -> bytes:
        """Return the whole pack."""
        return self.head + b"".join(entry.data for entry in self.entries)


def make(files: dict[str, bytes]) -> Pack:
    """Return a pack of compiled files, by their paths below the place where it will be mounted."""
    ordered = sorted(files.items())
    digits = 7  # offsets and sizes have a fixed width, so that the index has a size before they are known
    lines = [f"{path} {0:0{digits}} {0:0{digits}}\n" for path, _ in ordered]
    size = 1 + sum(map(len, lines))
    at = _HEAD + size
    index = "\n"
    entries = []
    for path, data in ordered:
        index += f"{path} {at:0{digits}} {len(data):0{digits}}\n"
        entries.append(Entry(path, at, data))
        at += len(data)
    rest = index.encode() + b"".join(data for _, data in ordered)
    head = _MAGIC + f"{size:07} {binascii.crc32(rest):08x} {firmware_hash(files)}\n".encode()
    return Pack(head + index.encode(), tuple(entries))


def firmware_hash(files: dict[str, bytes]) -> str:
    """Return what a board that runs these files says of itself in its handshake (16 hexadecimal digits)."""
    digest = hashlib.sha256()
    for folder in _FOLDERS:
        inside = {path.rpartition("/")[2]: data for path, data in files.items() if _folder(path) == folder}
        for name in sorted(inside):
            digest.update(name.encode() + b"\0" + inside[name])
    return digest.hexdigest()[:16]


def set_up_hash(files: dict[str, bytes]) -> str:
    """Return the same of what starts the firmware, by the files' names in the board's root."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name])
    return digest.hexdigest()[:16]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
