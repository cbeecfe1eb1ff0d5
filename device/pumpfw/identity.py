"""Which firmware this is: version and hash, for the answer to hello."""

import os
import sys
from hashlib import sha256

import pumplink
from pumplink import codec, version

_CHUNK = 1024
# What a board starts by, beside the firmware itself, as the flashing command puts it there.
_SET_UP = ("/board.json", "/boot.py", "/main.py", "/slots.mpy", "/slots.py")
_CHIPS = ("rp2", "esp32")


def firmware_hash() -> bytes:
    """First 8 bytes of the SHA-256 over the firmware's files as they lie on the board.

    Files of the folders ``pumpfw``, ``pumpfw/hal``, ``pumpfw/sensors`` and ``pumplink``, by name within each;
    of every file its name, a zero byte and its bytes. A pack says it of itself, and is believed while its CRC
    is right. Firmware that is frozen into the interpreter has no files: there it is the SHA-256 of version
    and schema.
    """
    slots = sys.modules.get("slots")
    if slots and slots.running:
        return bytes(slots.firmware_hash)
    digest = sha256()
    shared = _folder(pumplink.__file__ or "")
    ours = _folder(__file__)
    try:
        for folder in (ours, ours + "/hal", ours + "/sensors", shared):
            for name in sorted(os.listdir(folder)):
                if name.endswith((".py", ".mpy")):
                    _update_with_file(digest, folder, name)
    except OSError:
        digest = sha256(bytes(version.FIRMWARE) + codec.schema_hash().to_bytes(4, "little"))
    return digest.digest()[:8]


def set_up_hash() -> bytes:
    """First 8 bytes of the SHA-256 over the files of ``_SET_UP`` that are there, made as above.

    Zeros where there is no chip to start.
    """
    if sys.platform not in _CHIPS:
        return bytes(8)
    digest = sha256()
    there = os.listdir("/")
    for path in _SET_UP:
        if path[1:] in there:
            _update_with_file(digest, "", path[1:])
    return digest.digest()[:8]


def _folder(file: str) -> str:
    return file.rsplit("/", 1)[0] if "/" in file else "."


def _update_with_file(digest, folder: str, name: str) -> None:  # type: ignore[no-untyped-def]
    digest.update(name.encode() + b"\0")
    chunk = memoryview(bytearray(_CHUNK))
    with open(folder + "/" + name, "rb") as file:
        while True:
            count = file.readinto(chunk)
            if not count:
                return
            digest.update(chunk[:count])
