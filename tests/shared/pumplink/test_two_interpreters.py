"""The same script in MicroPython and here: what one writes the other reads, byte for byte."""

import os
import random
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pumplink import codec
from pumplink.frame import STOP_FRAME
from pumplink.vectors import VECTORS
from tests.shared.pumplink.messages import NUMBERS, Values, payload_of, plain_frame, random_values
from tests.support.micropython import SHARED, run_micropython

SCRIPT = Path(__file__).with_name("on_board.py")


def on_cpython(lines: list[str]) -> list[str]:
    environment = os.environ | {"PYTHONPATH": str(SHARED)}
    command = [sys.executable, str(SCRIPT)]
    done = subprocess.run(
        command, input=asked(lines), capture_output=True, text=True, env=environment, check=True
    )
    return done.stdout.splitlines()


def on_micropython(lines: list[str], *, native: bool = False) -> list[str]:
    done = run_micropython(SCRIPT, stdin=asked(lines), native=native)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout.splitlines()


def on_native_micropython(lines: list[str]) -> list[str]:
    return on_micropython(lines, native=True)


BOTH = pytest.mark.parametrize("run", [on_cpython, on_micropython, on_native_micropython])


def asked(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


def words(values: Values | tuple[int | bytes, ...]) -> str:
    return " ".join("x" + value.hex() if isinstance(value, bytes) else str(value) for value in values)


@BOTH
def test_golden_vectors(run: Callable[[list[str]], list[str]]) -> None:
    plain = [vector for vector in VECTORS if not vector[4]]
    packed = run([f"pack {number} {sequence} {words(values)}" for _, number, sequence, values, _, _ in plain])
    assert packed == [frame for *_, frame in plain]
    unpacked = run([f"unpack 7 {frame}" for *_, frame in VECTORS])
    for (title, number, sequence, values, *_), told in zip(VECTORS, unpacked, strict=True):
        assert told == f"{number} {sequence} {words(values)}; (1, 0, 0)", title


def test_golden_vectors_with_records_are_their_fields_and_records_in_a_row() -> None:
    for title, number, sequence, values, records, frame in VECTORS:
        layout = codec.RECORD_FORMAT if number == 0xC0 else codec.SUMMARY_FORMAT
        payload = payload_of(number, list(values)) + b"".join(
            struct.pack(layout, *record) for record in records
        )
        assert plain_frame(number, sequence, payload).hex() == frame, title


def test_both_agree_on_schema_hash_and_stop_frame() -> None:
    expected = [f"{codec.schema_hash()} {STOP_FRAME.hex()}"]
    assert on_micropython(["constants"]) == on_cpython(["constants"]) == expected


def test_what_micropython_writes_is_what_cpython_writes() -> None:
    generator = random.Random(1)
    lines = []
    expected = []
    for _ in range(20):
        for number in NUMBERS:
            values, sequence = random_values(number, generator), generator.randrange(65536)
            lines.append(f"pack {number} {sequence} {words(values)}")
            expected.append(plain_frame(number, sequence, payload_of(number, values)).hex())
    assert on_micropython(lines) == expected


def test_micropython_reads_what_cpython_wrote() -> None:
    generator = random.Random(2)
    lines = []
    expected = []
    for number in NUMBERS * 10:
        values, sequence = random_values(number, generator), generator.randrange(65536)
        lines.append(f"unpack 64 {plain_frame(number, sequence, payload_of(number, values)).hex()}")
        expected.append(f"{number} {sequence} {words(values)}".rstrip() + "; (1, 0, 0)")
    assert [line.replace(" ;", ";") for line in on_micropython(lines)] == expected


def test_both_check_alike() -> None:
    generator = random.Random(3)
    lines = [f"check {number} {words(random_values(number, generator))}" for number in NUMBERS * 20]
    expected = on_cpython(lines)
    assert on_micropython(lines) == expected
    assert {"-1", "2", "3"} <= set(expected)


def test_both_find_the_same_in_damaged_streams() -> None:
    generator = random.Random(4)
    lines = []
    for _ in range(150):
        frames = [
            plain_frame(number, sequence & 0xFFFF, payload_of(number, random_values(number, generator)))
            for sequence, number in enumerate(generator.choices(NUMBERS, k=8), generator.randrange(65536))
        ]
        stream = bytearray(b"".join(frames))
        for _ in range(generator.randrange(6)):
            at = generator.randrange(len(stream))
            damage = generator.choice(("drop", "double", "flip", "garbage"))
            if damage == "drop":
                del stream[at : at + generator.randrange(30)]
            elif damage == "double":
                stream[at:at] = stream[at : at + generator.randrange(30)]
            elif damage == "flip":
                stream[at] ^= generator.randrange(1, 256)
            else:
                stream[at:at] = generator.randbytes(generator.choice((5, 1500)))
        lines.append(f"unpack {generator.choice((1, 7, 64, 512))} {stream.hex()}")
    expected = on_cpython(lines)
    assert on_micropython(lines) == expected
    assert any(not line.endswith(", 0, 0)") for line in expected)
