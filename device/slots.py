"""Which of two firmwares the board runs, and how the older one comes back. Lies beside ``main.py``, outside
both.

A firmware is one file, a *pack*: a line with ``PUMPFW1``, the size of its index, the CRC-32 of all that
follows and the firmware's hash; the index (a line a file: path, offset in the pack, bytes); and the files,
one after the other. A pack takes half the room that loose files take, and is there whole or not at all. It is
mounted, read-only, for as long as the firmware is being imported.

``/fw.txt`` names the slot whose pack runs: ``b``. While a new firmware is on trial it reads ``b a2``: after
two more starts without a host's hello, or at once when it fails to start, slot ``a`` runs again. The file is
only ever replaced by a rename, so that a power cut leaves the old or the new one. Without it the firmware's
files lie loose in the root.
"""

import os
import sys
import time
from binascii import crc32, unhexlify
from io import BytesIO

from micropython import kbd_intr

POINTER = "/fw.txt"
POINTER_NEW = "/fw.new"
HOLD = "/hold"
CRASH = "/crash.txt"
MOUNT = "/fw"
_HEAD = 42  # bytes of a pack before its index
_CHUNK = 4096
_MAGIC = b"PUMPFW1 "
_NO_SUCH_FILE = 2
_FOLDER, _FILE = 0x4000, 0x8000
_FOLDERS = ("", "pumpfw", "pumpfw/hal", "pumpfw/sensors", "pumplink")  # told from files without a search
_SOON_MS = 30_000

_MAPPED_AT, _MAPPED_BYTES = 0x10000000, 0x400000  # where an RP2040 or RP2350 shows its flash

# Built-in modules that the firmware imports: they could be extended by a file of their name, so each import
# would look for one, 9 ms, if they were not among the loaded modules.
_BUILT_IN = "array binascii hashlib json machine micropython os select struct time"

running = ""  # the slot that was mounted
firmware_hash = b""  # of its pack, whose CRC was right
_is_started = False


class Pack:
    """A pack's files, for ``import`` and ``os.listdir``: MicroPython's face of a file system."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
            if head[:8] != _MAGIC or _crc(file) != int(head[16:24], 16):
                raise ValueError(path + " is no whole firmware")
            file.seek(_HEAD)
            self._index = file.read(int(head[8:15]))  # one object, which leaves one hole in the heap
        self.firmware_hash = unhexlify(head[25:41])
        self._file = open(path, "rb")  # noqa: SIM115  (closed by "umount")
        self._path_found = ""
        self._found = (0, 0)
        self._at = 0  # where in the index that was found: what is imported next is mostly near

    def mount(self, readonly: bool, mkfs: bool) -> None:
        """Nothing is to be done."""

    def umount(self) -> None:
        """Nothing will be read any more."""
        self._file.close()

    def _find(self, path: str) -> "tuple[int, int]":
        """Offset and size of a file."""
        if path != self._path_found:  # an import asks first whether it is there, then opens it
            if not path.endswith(".mpy"):
                raise OSError(_NO_SUCH_FILE)
            wanted = b"\n" + path[1:].encode() + b" "
            at = self._index.find(wanted, self._at)
            if at < 0:
                at = self._index.find(wanted)
            if at < 0:
                raise OSError(_NO_SUCH_FILE)
            self._at = at
            at += len(wanted)
            self._found = int(self._index[at : at + 7]), int(self._index[at + 8 : at + 15])
            self._path_found = path
        return self._found

    def stat(self, path: str) -> "tuple[int, ...]":
        """What ``os.stat`` says of a path."""
        if path.find(".") >= 0:
            return (_FILE, 0, 0, 0, 0, 0, self._find(path)[1], 0, 0, 0)
        if path[1:] not in _FOLDERS:
            raise OSError(_NO_SUCH_FILE)
        return (_FOLDER, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    def open(self, path: str, mode: str):  # type: ignore[no-untyped-def]
        """A file in memory: read in one go, it is there in half the time."""
        offset, size = self._find(path)
        self._file.seek(offset)
        return BytesIO(self._file.read(size))

    def ilistdir(self, path: str):  # type: ignore[no-untyped-def]
        """Names and kinds in a folder."""
        folder = path.strip("/") + "/" if path.strip("/") else ""
        for line in self._index.decode().split("\n"):
            if line.startswith(folder):
                name = line[len(folder) :].split(" ")[0]
                if name and "/" not in name:
                    yield name, _FILE, 0


def _crc(file) -> int:  # type: ignore[no-untyped-def]
    """The CRC-32 of the rest of a file."""
    chunk = memoryview(bytearray(_CHUNK))
    crc = 0
    while True:
        count = file.readinto(chunk)
        if not count:
            return crc
        crc = crc32(chunk[:count], crc)


def pack_of(slot: str) -> str:
    """Where a slot's pack lies."""
    return "/fw_" + slot + ".pack"


def read_pointer() -> "tuple[str, str, int]":
    """Slot that runs, slot to go back to or "", and how many more starts the first one gets."""
    try:
        with open(POINTER) as file:
            words = file.read().split()
    except OSError:
        return "", "", 0
    if len(words) < 2:
        return words[0] if words else "", "", 0
    return words[0], words[1][0], int(words[1][1:])


def write_pointer(text: str) -> None:
    """Replace the pointer in one step."""
    with open(POINTER_NEW, "w") as file:
        file.write(text)
    os.rename(POINTER_NEW, POINTER)


def is_held() -> bool:
    """Whether the board was restarted to its prompt; true once."""
    try:
        os.remove(HOLD)
    except OSError:
        return False
    return True


def mount() -> None:
    """Make the firmware importable; one on trial that used up its starts gives way to the one before."""
    global running, firmware_hash
    slot, before, starts = read_pointer()
    if not slot:
        return
    if before:
        if starts:
            write_pointer("%s %s%d" % (slot, before, starts - 1))
        else:
            slot = before
            write_pointer(slot)
    pack = Pack(pack_of(slot))
    os.mount(pack, MOUNT)  # type: ignore[attr-defined]
    elsewhere = sys.path[:]
    sys.path[:] = [".frozen"]
    for name in _BUILT_IN.split():
        sys.modules[name] = __import__(name)
    sys.path[:] = [MOUNT] + elsewhere
    running = slot
    firmware_hash = pack.firmware_hash


def settle() -> None:
    """Let the code that was imported be executed where it lies in flash, on a chip that can do that."""
    if running and sys.platform == "rp2":
        __import__("pumpfw.hal.rp2")  # what is loaded later stays in memory
        from pumpfw.hal.rp2_in_place import settle

        settle("/code_" + running, _MAPPED_AT, _MAPPED_BYTES)


def unmount() -> None:
    """The firmware has started: give back what the import needed."""
    global _is_started
    _is_started = True
    if MOUNT in sys.path:
        sys.path.remove(MOUNT)
        os.umount(MOUNT)  # type: ignore[attr-defined]


def keep() -> None:
    """A host has spoken with the firmware: it stays."""
    slot, before, _ = read_pointer()
    if before:
        write_pointer(slot)


def stay_at_prompt() -> None:
    """Restart without the firmware, and so without its watchdog."""
    with open(HOLD, "w"):
        pass
    _reset()


def failed(error: BaseException) -> None:
    """The firmware did not start, or broke off: note why, and start anew.

    A firmware on trial gives way to the one before. One that does not start, or breaks off soon, is left at
    the prompt, where the board can be given another: starting it again and again would help nobody.
    """
    if isinstance(error, KeyboardInterrupt):  # Ctrl-C at the prompt's own port
        stay_at_prompt()
    with open(CRASH, "w") as file:
        sys.print_exception(error, file)  # type: ignore[attr-defined]
    before = read_pointer()[1]
    if before:
        write_pointer(before)
    elif not _is_started:
        kbd_intr(3)  # Ctrl-C is for the prompt again
        raise error
    elif time.ticks_ms() < _SOON_MS:  # type: ignore[attr-defined]
        stay_at_prompt()
    _reset()


def _reset() -> None:
    import machine

    machine.reset()
