"""A balance's readings from a CSV file: ``time_s,mass_g``, one reading a line."""

import csv
import io
import re
from pathlib import Path

import numpy as np

from pumpbench.files.errors import CannotRead, Fault, FileError
from pumpbench.trials.errors import BadSeriesError
from pumpbench.trials.series import MASS, TIME, Floats, Series

MAX_BYTES = 1 << 30
COLUMNS = (TIME, MASS)
_DECIMAL_COMMA = re.compile(r"\s*[+-]?[0-9]*,[0-9]+\s*")


def load(path: Path) -> Series:
    """Return the readings of a CSV file; other columns are passed over. Raises `FileError`."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise CannotRead(path, "there is no such file") from None
    except IsADirectoryError:
        raise CannotRead(path, "is a folder, a CSV file is wanted") from None
    except OSError as error:
        raise CannotRead(path, f"cannot be read: {error.strerror or error}") from None
    if len(data) > MAX_BYTES:
        raise CannotRead(path, f"is larger than {MAX_BYTES} bytes, which no trial is")
    return parse(data, path)


def parse(data: bytes, path: Path | str) -> Series:
    """Return the readings in CSV bytes; ``path`` is only named in errors."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CannotRead(path, f"line {line}: is not UTF-8 text, a CSV file is wanted") from None
    rows = text.splitlines()
    numbers = [number for number, row in enumerate(rows, 1) if row.strip()]
    if not numbers:
        raise CannotRead(path, f"is empty; its first line is to be {','.join(COLUMNS)}")
    places = _columns(rows[numbers[0] - 1], numbers[0], path)
    body = [rows[number - 1] for number in numbers[1:]]
    if not body:
        raise _fault(path, numbers[0], "", "no reading follows; at least two are needed")
    values = _read(body, places, width=len(next(csv.reader([rows[numbers[0] - 1]]))))
    if values is None:
        values = _read_slowly(body, numbers[1:], places, rows[numbers[0] - 1], path)
    try:
        return Series.of(values[:, 0], values[:, 1], numbers[1:])
    except BadSeriesError as error:
        raise _fault(path, error.line, error.column, error.why) from None


def _columns(header: str, line: int, path: Path | str) -> tuple[int, int]:
    """Return where time and mass stand."""
    names = [name.strip() for name in next(csv.reader(io.StringIO(header)))]
    for separator, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and separator in header:
            raise _fault(
                path, line, "", f"columns are parted by {called}; commas are wanted, and decimal points"
            )
    for name in COLUMNS:
        if names.count(name) != 1:
            count = "no column" if name not in names else f"{names.count(name)} columns"
            there = ", ".join(names)
            raise _fault(path, line, "", f"{count} {name}; one is needed, and there are {there[:60]}")
    return names.index(TIME), names.index(MASS)


def _read(body: list[str], places: tuple[int, int], width: int) -> Floats | None:
    """Return times and masses, shape (n, 2), or None when a row is no plain row of numbers."""
    if any(row.count(",") != width - 1 for row in body):
        return None
    try:
        return np.loadtxt(body, delimiter=",", usecols=places, comments=None, quotechar='"', ndmin=2)
    except ValueError:
        return None


def _read_slowly(
    body: list[str], numbers: list[int], places: tuple[int, int], header: str, path: Path | str
) -> Floats:
    """Return the same row by row. Raises `FileError` for the first that is no reading."""
    width = len(next(csv.reader([header])))
    values = np.empty((len(body), 2))
    for row, (number, text) in enumerate(zip(numbers, body, strict=True)):
        fields = next(csv.reader([text]))
        if len(fields) != width:
            why = f"{_counted(len(fields))} where the first line names {width}"
            if len(fields) > width:
                why += "; write decimals with a point, not with a comma"
            raise _fault(path, number, str(min(len(fields), width) + 1), why)
        for column, (name, place) in enumerate(zip(COLUMNS, places, strict=True)):
            try:
                values[row, column] = _number(fields[place])
            except ValueError:
                raise _fault(path, number, name, _why_no_number(fields[place])) from None
    return values


def _number(text: str) -> float:
    """Return a number as balances and tables write it. Raises `ValueError`."""
    if "_" in text:  # which Python takes for a thousands separator
        raise ValueError(text)
    return float(text)


def _counted(fields: int) -> str:
    return "1 field stands" if fields == 1 else f"{fields} fields stand"


def _why_no_number(text: str) -> str:
    if not text.strip():
        return "is empty; leave out the line of a reading that there was not"
    shown = f'"{text.strip()[:30]}"'
    if _DECIMAL_COMMA.fullmatch(text):
        return f"{shown} has a decimal comma; write a decimal point"
    return f"{shown} is no number"


def _fault(path: Path | str, line: int, column: str, why: str) -> FileError:
    return FileError(path, [Fault(f"line {line}{f', column {column}' if column else ''}", "", why)])
