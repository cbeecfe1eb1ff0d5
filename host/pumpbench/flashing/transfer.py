"""What changed is sent, the rest is copied on the board; nothing that runs is touched before the new one is
whole and verified.
"""

import base64
import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass

from pumpbench.boards import firmware_file
from pumpbench.flashing import in_place
from pumpbench.flashing.board_state import BoardState
from pumpbench.flashing.errors import FlashFull, NotVerified
from pumpbench.flashing.firmware import Firmware
from pumpbench.flashing.on_board import LOOK, PREPARE, WRITE
from pumpbench.flashing.repl import Prompt

_SPARE_BLOCKS = 3  # of the file system, for folders and for the pointer
_LEFT_OUT = 8  # blocks of code that may stay uncopied: each takes 4 kB of the chip's memory then
_PREPARE_S = 120.0
# What the flashing command and the firmware put into a board's root, and MicroPython's package.
_OURS = re.compile(
    r"(boot|main)\.py(\.new)?|slots\.m?py(\.new)?|board\.json(\.new)?|fw_[ab]\.(pack|new)|fw\.(txt|new)"
    r"|code_[ab]|hold|crash\.txt|journal|usb|lib"
)
_STARTS = 2  # that a new firmware gets before the old one comes back
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Plan:
    """`slot` gets the new pack, "" when the pack that is there is the one. `send` are the packed files whose
    contents the board has not got, `loose` the files beside the packs that differ.
    """

    slot: str
    before: str
    send: frozenset[str]
    loose: tuple[str, ...]

    def files_sent(self) -> int:
        """How many files go over the cable."""
        return len(self.send) + len(self.loose)


def plan(state: BoardState, firmware: Firmware) -> Plan:
    """Compare what is there with what is wanted."""
    loose = tuple(
        name for name, data in firmware.set_up.items() if state.loose.get(f"/{name}") != _sha256(data)
    )
    wanted = {entry.path: entry.sha256 for entry in firmware.pack.entries}
    there = {path: entry.sha256 for path, entry in state.packed.items()}
    if wanted == there:
        return Plan("", state.slot, frozenset(), loose)
    known = set(there.values())
    send = frozenset(path for path, sha256 in wanted.items() if sha256 not in known)
    return Plan("b" if state.slot == "a" else "a", state.slot, send, loose)


def bytes_to_send(plan: Plan, firmware: Firmware) -> int:
    """How many bytes of files go over the cable."""
    packed = sum(len(entry.data) for entry in firmware.pack.entries if entry.path in plan.send)
    return packed + sum(len(firmware.set_up[name]) for name in plan.loose)


def make_room(prompt: Prompt, plan: Plan, firmware: Firmware, state: BoardState) -> int | None:
    """Give up what an earlier attempt left and what the slot to be written held; where that is not enough,
    also the copies that the old firmware executes in place: without them it takes more memory, but runs.
    Return how many blocks of the new one's copies there is room for, None for all.

    Raises `FlashFull`, and has changed nothing then.
    """
    block = state.block_size
    sizes = [len(firmware.set_up[name]) for name in plan.loose]
    copies: list[int] = []
    if plan.slot:
        sizes.append(len(firmware.pack.content()))
        copies = _copies(firmware, bytes(8)).sizes() if firmware.copies else []
    needed = _SPARE_BLOCKS + sum(-(-size // block) for size in sizes + copies)
    if state.journal_blocks is not None:
        needed += max(_journal_blocks(firmware) - state.journal_blocks, 0)
    room = (state.free_bytes + (state.slot_bytes[plan.slot] if plan.slot else 0)) // block
    old_copies = state.copies_bytes.get(plan.before, 0) // block if plan.slot else 0
    short = max(needed - room - old_copies, 0)
    if short > (_LEFT_OUT if copies else 0):
        free_kb = max(room + old_copies, 0) * block // 1024  # littlefs counts some blocks twice
        others = ", ".join(name for name in state.files if not _OURS.fullmatch(name))
        raise FlashFull(
            f"the board at {prompt.url} has {free_kb} kB of flash free, {needed * block // 1024} kB are "
            f"needed: remove from it what is not pumpbench's{f': {others}' if others else ''}"
        )
    if state.on_trial:
        _point_at(prompt, state.slot)
    if plan.slot:
        prompt.run(
            f"remove('/fw_{plan.slot}.new')\nremove('/fw_{plan.slot}.pack')\nclear('/code_{plan.slot}')"
        )
    if needed > room:
        prompt.run(f"clear('/code_{plan.before}')")
    return len(copies) - 1 - short if short else None


def _journal_blocks(firmware: Firmware) -> int:
    """What ``pumpfw.hal.block_flash`` lays out: a block a sector, 64 of them in a folder of two blocks, all
    of these in another, and the map."""
    sectors: int = json.loads(firmware.set_up[firmware_file.NAME])["wires"]["sectors"]
    return sectors + 2 * -(-sectors // 64) + 2 + 1


def carry_out(
    prompt: Prompt,
    plan: Plan,
    firmware: Firmware,
    state: BoardState,
    progress: Progress,
    most_blocks: int | None,
) -> None:
    """Send and verify, with so many blocks of copies at most. Raises `TransferFailed`, `FlashFull`,
    `NotVerified`.
    """
    total = bytes_to_send(plan, firmware)
    done = 0

    def sent(count: int) -> None:
        nonlocal done
        done += count
        progress("sending", done, total)

    if plan.slot:
        _write_pack(prompt, plan, firmware, state, sent)
        if firmware.copies:
            _write_copies(prompt, plan.slot, firmware, most_blocks)
    for name in plan.loose:
        _write_file(prompt, f"/{name}", firmware.set_up[name], sent)


def prepare_flash(prompt: Prompt, slot: str) -> None:
    """Let the board lay out its flash for journal, events and summaries; quick when that was done before."""
    prompt.run(PREPARE)
    prompt.run(f"prepare('/fw_{slot}.pack')", _PREPARE_S)


def choose_slot(prompt: Prompt, plan: Plan) -> None:
    """Let the new pack be the one that starts, on trial where there is an older one."""
    if plan.slot:
        _point_at(prompt, f"{plan.slot} {plan.before}{_STARTS}" if plan.before else plan.slot)


def go_back(prompt: Prompt, plan: Plan, loose: dict[str, bytes]) -> None:
    """Let the old pack start again, by the files that started it."""
    prompt.run(LOOK)
    prompt.run(WRITE)
    for name, data in loose.items():
        _write_file(prompt, f"/{name}", data, lambda count: None)
    if plan.before:
        _point_at(prompt, plan.before)


def read_back(prompt: Prompt, names: tuple[str, ...], state: BoardState) -> dict[str, bytes]:
    """Return the contents of files in the board's root, those that are there. The board has `WRITE` then."""
    prompt.run(WRITE)
    found = {}
    for name in names:
        if f"/{name}" in state.loose:
            found[name] = base64.b64decode(prompt.ask(f"show('/{name}')"))
    return found


def _write_pack(
    prompt: Prompt, plan: Plan, firmware: Firmware, state: BoardState, sent: Callable[[int], None]
) -> None:
    path, source = f"/fw_{plan.slot}.new", f"/fw_{state.slot}.pack"
    there = {entry.sha256: entry for entry in state.packed.values()}
    prompt.run(f"begin('{path}')")
    prompt.send(firmware.pack.head, lambda count: None)
    for entry in firmware.pack.entries:
        if entry.path in plan.send:
            prompt.send(entry.data, sent)
        else:
            known = there[entry.sha256]
            prompt.run(f"copy('{source}', {known.offset}, {known.size})")
    _finish(prompt, path, firmware.pack.content(), f"/fw_{plan.slot}.pack")


def _copies(firmware: Firmware, sending: bytes, most_blocks: int | None = None) -> in_place.Image:
    pack = firmware.pack
    compiled = {entry.path: entry.data for entry in pack.entries}
    return in_place.image(compiled, pack.content(), sending, most_blocks)


def _write_copies(prompt: Prompt, slot: str, firmware: Firmware, most_blocks: int | None) -> None:
    """Let the board put together the blocks of code that it executes in place, out of the pack it has."""
    folder, source = f"/code_{slot}", f"/fw_{slot}.pack"
    prompt.run(f"clear('{folder}')")
    image = _copies(firmware, os.urandom(8), most_blocks)
    for block in image.blocks:
        path, ranges = f"{folder}/{block.name}", list(block.ranges)
        tag = base64.b64encode(block.tag).decode()
        if prompt.ask(f"gather('{path}', '{tag}', '{source}', {ranges})") != _sha256(block.content):
            raise _not_verified(prompt)
    prompt.run(f"begin('{folder}/new')")
    prompt.send(image.index, lambda count: None)
    _finish(prompt, f"{folder}/new", image.index, f"{folder}/{in_place.INDEX}")


def _write_file(prompt: Prompt, path: str, data: bytes, sent: Callable[[int], None]) -> None:
    prompt.run(f"begin('{path}.new')")
    prompt.send(data, sent)
    _finish(prompt, f"{path}.new", data, path)


def _finish(prompt: Prompt, path: str, data: bytes, final: str) -> None:
    """Compare what the board reads back; only then does the file get its name."""
    if prompt.ask(f"finish('{path}')") != _sha256(data):
        raise _not_verified(prompt)
    prompt.run(f"os.rename('{path}', '{final}')")


def _not_verified(prompt: Prompt) -> NotVerified:
    return NotVerified(f"{prompt.url}: what the board wrote is not what was sent; flash it again")


def _point_at(prompt: Prompt, text: str) -> None:
    prompt.run(
        f"with open('/fw.new', 'w') as file:\n    file.write('{text}')\nos.rename('/fw.new', '/fw.txt')"
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
