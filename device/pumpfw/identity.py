"""Which firmware this is: version and hash, for the answer to hello."""

import os
from hashlib import sha256

import pumplink
from pumplink import codec, version

_CHUNK = 1024


def firmware_hash() -> bytes:
    """First 8 bytes of the SHA-256 over the firmware's files as they lie on the board.

    Files of the folders ``pumpfw``, ``pumpfw/hal``, ``pumpfw/sensors`` and ``pumplink``, by name within each;
    of every file its name, a zero byte and its bytes. Firmware that is frozen into the interpreter has no
    files: there it is the SHA-256 of version and schema.
    """
    digest = sha256()
    shared = _folder(pumplink.__file__ or "")
    ours = _folder(__file__)
    try:
        for folder in (ours, ours + "/hal", ours + "/sensors", shared):
            for name in sorted(os.listdir(folder)):
                if name.endswith((".py", ".mpy")):
                    digest.update(name.encode() + b"\0")
                    _update_with_file(digest, folder + "/" + name)
    except OSError:
        digest = sha256(bytes(version.FIRMWARE) + codec.schema_hash().to_bytes(4, "little"))
    return digest.digest()[:8]


def _folder(file: str) -> str:
    return file.rsplit("/", 1)[0] if "/" in file else "."


def _update_with_file(digest, path: str) -> None:  # type: ignore[no-untyped-def]
    chunk = bytearray(_CHUNK)
    with open(path, "rb") as file:
        while True:
            count = file.readinto(chunk)
            if not count:
                return
            digest.update(memoryview(chunk)[:count])
