"""From whatever is plugged in to a pump that runs the firmware of this pumpbench, and the proof of it."""

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pumpbench.client import AnswerTimeout, ClientError, NoDevice, frozen
from pumpbench.client.discover import identify, list_serial_ports
from pumpbench.files.board import Board
from pumpbench.flashing import bare, boot_drive, cdc, repl, transfer
from pumpbench.flashing import board_state as states
from pumpbench.flashing.errors import DidNotComeUp, FlashError, NoBoard, PumpBusy, SeveralBoards, WrongBoard
from pumpbench.flashing.firmware import Firmware, build, chip_of
from pumpbench.flashing.places import Places
from pumpbench.flashing.repl import Prompt
from pumpbench.flashing.start import Answered, selftest_of, wait_for_pump
from pumpbench.flashing.transfer import Plan, Progress

_TOLD_APART_S = 4.0  # of several boards: a slow one must not make another the only one
_PROMPT_S = 8.0
_AFTER_RESTART_S = 20.0
_COMES_UP_S = 90.0  # the first start of all prepares the flash for the journal
_AT_REST = ("stopped", "finished", "interrupted", "alarm-stop")


@dataclass(frozen=True)
class Order:
    """What is to be flashed, and how. `port` is where the board is, None to look for it; `link` where the
    pump will answer, if that is another port which can't be told from it; `image` a MicroPython image,
    `drive` the boot drive, `usb_cdc` a folder with usb-device-cdc; `replace` lets somebody else's program go.
    """

    board: Board
    port: str | None = None
    link: str | None = None
    image: Path | None = None
    drive: Path | None = None
    usb_cdc: Path | None = None
    dry_run: bool = False
    replace: bool = False
    progress: Progress = lambda what, done, total: None


@dataclass
class Report:
    """What was done. `verified`: what lies on the board is what was sent, by hashes made on the board, and
    the pump that answered runs it.
    """

    board: str
    port: str
    files_sent: int = 0
    bytes_sent: int = 0
    verified: bool = False
    firmware: str = ""
    firmware_hash: str = ""
    link_port: str = ""
    simulated: bool = False
    dry_run: bool = False
    micropython_installed: bool = False
    selftest: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0


def flash(order: Order) -> Report:
    """Carry out the order. Raises `FlashError`, `ClientError` (the port), `FileError`."""
    began = time.monotonic()
    chip_of(order.board)
    order.progress("making the firmware", 0, 0)
    firmware = build(order.board)
    report = Report(order.board.board.name, order.port or "", firmware_hash=firmware.firmware_hash)
    report.dry_run = order.dry_run
    url = report.port = _place(order, report)
    places = Places(url, *([order.link] if order.link else []))
    answered = _who_answers(places)
    if answered is not None and _is_up_to_date(answered, firmware) and order.usb_cdc is None:
        _tell(report, answered)
    else:
        with _prompt(order, places, answered, report) as prompt:
            plan, before = _put_on(order, firmware, prompt, report)
        if plan is not None:
            _prove(order, firmware, plan, before, places, report)
    report.seconds = round(time.monotonic() - began, 2)
    return report


def _place(order: Order, report: Report) -> str:
    """Return the board's port, after MicroPython was put on a board that waits for it as a boot drive."""
    chip = order.board.board.chip_name
    is_rp2 = chip_of(order.board).layer == "rp2"
    if order.port is not None and order.drive is None:
        return order.port
    drive = boot_drive.choose(chip, order.drive) if is_rp2 else None
    found = [] if order.port else [port.url for port in list_serial_ports() if port.kind]
    if drive is not None and (order.drive is not None or not found):
        image = bare.image_for(order.board, order.image)
        if order.dry_run:
            raise NoBoard(f"{drive.path} would get {image.path}; what comes then can be told only afterwards")
        report.micropython_installed = True
        _note_unknown(image.known, image.path, report)
        return bare.install_by_drive(image, drive, lambda: order.progress("starting MicroPython", 0, 0))
    if order.port is not None:
        return order.port
    if not found:
        raise NoBoard("no board was found: plug one in, or name its port with --port")
    if len(found) > 1:
        answering = [url for url in found if identify(url, _TOLD_APART_S) is not None]
        if len(answering) != 1:
            raise SeveralBoards(f"there are several boards: name one with --port, of {', '.join(found)}")
        found = answering
    return found[0]


def _note_unknown(known: bool, path: Path, report: Report) -> None:
    if not known:
        report.notes.append(f"the board file does not list {path.name}: it was checked for its chip alone")


def _who_answers(places: Places) -> Answered | None:
    for url in places:
        info = identify(url)
        if info is not None:
            return Answered(url, info, selftest_of(url, info))
    return None


def _is_up_to_date(answered: Answered, firmware: Firmware) -> bool:
    """Whether the pump runs this very firmware, by the hashes that it made of what lies on it."""
    selftest = answered.selftest
    return (
        answered.info.firmware_hash == firmware.firmware_hash
        and selftest is not None
        and selftest.set_up_hash == firmware.set_up_hash
    )


def _prompt(order: Order, places: Places, answered: Answered | None, report: Report) -> Prompt:
    """Return the board's prompt: a standing pump gives it up, a bare board has it, an empty ESP32 gets it."""
    patience_s, url = _PROMPT_S, report.port
    if answered is not None:
        if order.dry_run and frozen.status(answered.url).state not in _AT_REST:
            raise PumpBusy(_busy(answered.url, frozen.status(answered.url).state))
        try:
            released = frozen.release(answered.url)
        except AnswerTimeout:
            raise NoBoard(f"{answered.url}: the pump did not answer when asked for its prompt") from None
        if not released.released:
            if released.state in _AT_REST:
                raise WrongBoard(
                    f"the pump at {answered.url} is {answered.info.board}, which cannot be flashed"
                )
            raise PumpBusy(_busy(answered.url, released.state))
        patience_s = _AFTER_RESTART_S
    order.progress("waiting for the prompt", 0, 0)
    prompt = repl.enter(places, patience_s)
    if prompt is None and answered is None:
        held_up = _who_answers(places)  # a pump that was slow to answer: nothing is installed over that
        if held_up is not None:
            return _prompt(order, places, held_up, report)
    if prompt is None and chip_of(order.board).layer == "esp32" and answered is None:
        image = bare.image_for(order.board, order.image)
        if order.dry_run:
            raise NoBoard(
                f"the board at {url} would get {image.path}; what comes then can be told only afterwards"
            )
        order.progress("installing MicroPython", 0, 0)
        bare.install_by_esptool(image, order.board, url)
        report.micropython_installed = True
        _note_unknown(image.known, image.path, report)
        prompt = repl.enter(places, _AFTER_RESTART_S)
    if prompt is None:
        raise NoBoard(
            f"what is at {url} is neither a pump nor MicroPython at its prompt: a Pico gets "
            "MicroPython when it is plugged in with BOOTSEL held, an ESP32 by --image"
        )
    return prompt


def _busy(url: str, state: str) -> str:
    return f"the pump at {url} is {state}: stop it first (`pumpbench stop`), flashing restarts it"


def _put_on(
    order: Order, firmware: Firmware, prompt: Prompt, report: Report
) -> tuple[Plan | None, dict[str, bytes]]:
    """Send what changed and restart the board. Returns the plan (None in a dry run) and what the loose files
    held that were replaced. Whatever fails, what ran before runs again.
    """
    try:
        plan, before = _write(order, firmware, prompt, report)
    except FlashError:
        prompt.restart()
        raise
    prompt.restart()
    return plan, before


def _write(
    order: Order, firmware: Firmware, prompt: Prompt, report: Report
) -> tuple[Plan | None, dict[str, bytes]]:
    board, chip = order.board, chip_of(order.board)
    order.progress("looking at the board", 0, 0)
    set_up = [f"/{name}" for name in firmware.set_up]
    state = states.look(prompt, set_up)
    states.check(state, board, chip, prompt.url, order.replace)
    plan = transfer.plan(state, firmware)
    report.files_sent, report.bytes_sent = plan.files_sent(), transfer.bytes_to_send(plan, firmware)
    if order.dry_run:
        return None, {}
    before = transfer.read_back(prompt, plan.loose, state)
    if _second_port(order, prompt, state, report):
        state = states.look(prompt, set_up)  # how much room it left
    most_blocks = transfer.make_room(prompt, plan, firmware, state)
    transfer.carry_out(prompt, plan, firmware, state, order.progress, most_blocks)
    order.progress("preparing the flash", 0, 0)
    transfer.prepare_flash(prompt, plan.slot or state.slot)
    transfer.choose_slot(prompt, plan)
    return plan, before


def _prove(
    order: Order, firmware: Firmware, plan: Plan, before: dict[str, bytes], places: Places, report: Report
) -> None:
    """Wait for the pump that was put on; when it does not come, put the one before back.

    Raises `DidNotComeUp`.
    """
    answered = _comes_up(order, places)
    if answered is None or not _is_up_to_date(answered, firmware):
        raise _put_back(order, places, plan, before, answered)
    _tell(report, answered)


def _second_port(order: Order, prompt: Prompt, state: states.BoardState, report: Report) -> bool:
    """See to usb-device-cdc where the board is to have a second port; else it shares the prompt's port.
    Return whether it was put there."""
    wanted = order.board.link is not None and order.board.link.second_port and state.has_usb_device
    try:
        if order.usb_cdc is not None:
            cdc.install_from(order.usb_cdc, prompt, chip_of(order.board))
            return True
        if wanted and not state.has_cdc:
            order.progress("fetching usb-device-cdc", 0, 0)
            cdc.install_by_network(prompt)
            return True
    except cdc.CannotInstall as error:
        if order.usb_cdc is not None:
            raise
        report.notes.append(f"{error}; --usb-cdc names a folder that has it")
    return False


def _comes_up(order: Order, places: Places) -> Answered | None:
    return wait_for_pump(places, _COMES_UP_S, lambda: order.progress("waiting for the pump", 0, 0))


def _put_back(
    order: Order, places: Places, plan: Plan, before: dict[str, bytes], answered: Answered | None
) -> DidNotComeUp:
    """Let the firmware before run again, and say in one sentence how that went."""
    if answered is not None:
        why = f"firmware {answered.info.firmware_hash} answers instead"
        with contextlib.suppress(ClientError):
            frozen.release(answered.url)
    else:
        why = "nobody answered"
    prompt = _any_prompt(places)
    if prompt is None:
        return DidNotComeUp(
            f"the new firmware did not come up: {why}; unplug the board, plug it in, flash it again"
        )
    with prompt:
        crash = _crash(prompt)
        why = f"{why}, and the board noted {crash}" if crash else why
        if not plan.before:
            return DidNotComeUp(f"the firmware did not come up: {why}; there was none before it")
        transfer.go_back(prompt, plan, before)
        prompt.restart()
    old = _comes_up(order, places)
    now = "the one before runs again" if old else "the one before was put back but does not answer either"
    return DidNotComeUp(f"the new firmware did not come up: {why}; {now}")


def _any_prompt(places: Places) -> Prompt | None:
    with contextlib.suppress(NoDevice):
        return repl.enter(places, _AFTER_RESTART_S)
    return None


def _crash(prompt: Prompt) -> str:
    """Return the last line of the error that stopped the firmware, "" when none was noted."""
    with contextlib.suppress(Exception):
        text = prompt.run("print(open('/crash.txt').read())").strip()
        return text.splitlines()[-1] if text else ""
    return ""


def _tell(report: Report, answered: Answered) -> None:
    report.verified = True
    report.firmware = answered.info.firmware
    report.firmware_hash = answered.info.firmware_hash
    report.link_port = answered.url
    report.simulated = answered.info.simulated
    if answered.selftest is not None:
        report.selftest = answered.selftest.parts
    if "second-port" not in answered.info.capabilities:
        report.notes.append("the link shares the prompt's port")


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as the object that ``pumpbench flash --json`` prints."""
    return dict(vars(report))
