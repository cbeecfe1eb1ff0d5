"""Whether a board file fits its chip and its driver: every fault as one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pumpbench.boards.chips import CHIPS, PIO_INSTRUCTIONS, PIO_MACHINES, Chip
from pumpbench.boards.drivers import DRIVERS
from pumpbench.files.board import Board, load
from pumpbench.files.errors import Fault, FileError
from pumpbench.units import PRESSURE

# What the firmware takes of each PIO block, instructions and state machines: for the step generator
# (device/pumpfw/hal/rp2_pio.py) and for ticks in a collection (rp2_interrupt.py).
FIRMWARE_TAKES = {0: (29, 4), 1: (4, 1)}
SECTOR_KIB = 4
LEAST_FILES_KIB = 320  # two firmwares, what they execute in place, and littlefs's own blocks
OUT, IN, ANALOGUE, COUNTER, SDA, SCL = "output", "input", "analogue input", "counter", "SDA", "SCL"


@dataclass(frozen=True)
class Use:
    """One pin's use: where the file says so (`place`), what for, as what."""

    place: str
    pin: int
    purpose: str
    kind: str


def check(path: Path) -> Board:
    """Return the board of a file that fits its chip. Raises `FileError` with every fault."""
    board = load(path)
    found = list(faults(board))
    if found:
        raise FileError(path, found)
    return board


def faults(board: Board) -> Iterator[Fault]:
    """Yield what is wrong with a board; nothing for a board without hardware."""
    chip = CHIPS.get(board.board.chip_name)
    if chip is None:
        if board.motor is not None:
            yield Fault("[motor]", "", f'the chip "{board.board.chip_name}" has no pins; leave it out')
        return
    missing = [
        name
        for name, table in (
            ("image", board.image),
            ("motor", board.motor),
            ("stop", board.stop),
            ("flash", board.flash),
        )
        if table is None
    ]
    if missing:
        for name in missing:
            yield Fault(f"[{name}]", "", f'is missing; a board with the chip "{chip.name}" needs it')
        return
    yield from _pin_faults(chip, list(uses(board)))
    yield from _bus_faults(chip, board)
    yield from _driver_faults(chip, board)
    yield from _pio_faults(chip, board)
    yield from _flash_faults(board)
    yield from _pressure_faults(board)
    if board.link is not None and board.link.second_port and not chip.second_port:
        yield Fault(
            "[link] second_port", "true", f"the {chip.name} has no USB of its own; it shares the REPL's"
        )


def uses(board: Board) -> Iterator[Use]:
    """Yield every pin that a board file names, in its order."""
    motor, sensor, lamps = board.motor, board.flow_sensor, board.indicator
    if motor is not None:
        yield Use("[motor] step", motor.step, "driver STEP", OUT)
        yield Use("[motor] direction", motor.direction, "driver DIR", OUT)
        yield Use("[motor] enable", motor.enable, "driver EN", OUT)
        if motor.count is not None:
            yield Use("[motor] count", motor.count, "step counter", COUNTER)
    if sensor is not None:
        yield Use("[flow_sensor] data", sensor.data, "flow sensor SDA", SDA)
        yield Use("[flow_sensor] clock", sensor.clock, "flow sensor SCL", SCL)
    if board.pressure.pin is not None:
        yield Use("[pressure] pin", board.pressure.pin, "pressure sensor", ANALOGUE)
    if board.valve is not None:
        for number, pin in enumerate(board.valve.pins, 1):
            yield Use(f"[valve] pins, {number}", pin, f"valve {number}", OUT)
    if board.home is not None:
        yield Use("[home] pin", board.home.pin, "home mark", IN)
    if board.stop is not None:
        yield Use("[stop] pin", board.stop.pin, "stop button", IN)
    if lamps is not None:
        for name in ("red", "yellow", "cyan", "buzzer"):
            lamp: int | None = getattr(lamps, name)
            if lamp is not None:
                what = "buzzer" if name == "buzzer" else f"{name} lamp"
                yield Use(f"[indicator] {name}", lamp, what, OUT)


def _pin_faults(chip: Chip, found: list[Use]) -> Iterator[Fault]:
    first: dict[int, Use] = {}
    for use in found:
        shown = str(use.pin)
        before = first.setdefault(use.pin, use)
        if before is not use:
            yield Fault(use.place, shown, f"the pin is already used by {before.place}")
        elif use.pin not in chip.pins:
            yield Fault(use.place, shown, f"the {chip.name} has no such pin; it has {_ranges(chip.pins)}")
        elif use.pin in chip.taken:
            yield Fault(use.place, shown, f"the pin is not free: {chip.taken[use.pin]}")
        elif use.kind == ANALOGUE and use.pin not in chip.analogue:
            allowed = _ranges(chip.analogue - chip.taken.keys())
            yield Fault(use.place, shown, f"is no analogue input; those of the {chip.name} are {allowed}")
        elif use.kind not in (ANALOGUE, COUNTER) and use.pin in chip.inputs_only:
            why = "drives nothing" if use.kind != IN else "has no pull-up"
            only = _ranges(chip.inputs_only)
            yield Fault(use.place, shown, f"the pin {why}; {only} of the {chip.name} are inputs only")


def _bus_faults(chip: Chip, board: Board) -> Iterator[Fault]:
    sensor = board.flow_sensor
    if sensor is None or not chip.i2c:
        return
    data, clock = chip.i2c[sensor.bus]
    for place, pin, allowed, signal in (
        ("[flow_sensor] data", sensor.data, data, SDA),
        ("[flow_sensor] clock", sensor.clock, clock, SCL),
    ):
        if pin in chip.pins and pin not in allowed:
            free = ", ".join(str(one) for one in sorted(allowed - chip.taken.keys()))
            yield Fault(place, str(pin), f"is not {signal} of I2C {sensor.bus}; that is on {free}")


def _driver_faults(chip: Chip, board: Board) -> Iterator[Fault]:
    motor = board.motor
    if motor is None:
        return
    if motor.count is None and not chip.pio_blocks:
        why = f"is missing; the {chip.name} counts steps by an input that STEP is wired to"
        yield Fault("[motor] count", "", why)
    if motor.count is not None and chip.pio_blocks:
        yield Fault(
            "[motor] count", str(motor.count), f"the {chip.name} counts steps by itself; leave it out"
        )
    driver = DRIVERS[motor.driver]
    if motor.microsteps not in driver.microsteps:
        allowed = ", ".join(str(one) for one in driver.microsteps)
        yield Fault("[motor] microsteps", str(motor.microsteps), f"the {driver.name} makes {allowed}")
    steps_per_rev = motor.full_steps * motor.gear * motor.microsteps
    if not 48 <= steps_per_rev <= 65_536:
        why = f"makes {steps_per_rev} microsteps a revolution of the head; 48 to 65536 are allowed"
        yield Fault("[motor] microsteps", str(motor.microsteps), why)
    fastest = board.limits.flow_nl_h * 1000 * steps_per_rev / board.head.stroke_pl / 3600
    allowed_hz = min(driver.fastest_hz, 100_000)
    if fastest > allowed_hz:
        yield Fault("[limits] flow", "", f"needs {fastest:.0f} microsteps a second of [motor]; the "
                    f"{driver.name} and the step generator make {allowed_hz}")  # fmt: skip


def _pio_faults(chip: Chip, board: Board) -> Iterator[Fault]:
    """What a block has left once the firmware's programs are in, program by program."""
    instructions = {block: PIO_INSTRUCTIONS - taken for block, (taken, _) in FIRMWARE_TAKES.items()}
    machines = {block: PIO_MACHINES - taken for block, (_, taken) in FIRMWARE_TAKES.items()}
    for index, program in enumerate(board.pio):
        place = f"[[pio]] {index + 1}"
        block = program.block
        if block >= chip.pio_blocks:
            why = f"the {chip.name} has {chip.pio_blocks or 'no'} PIO blocks"
            yield Fault(f"{place}, block", str(block), why)
            continue
        left = instructions.get(block, PIO_INSTRUCTIONS)
        if program.instructions > left:
            why = f"PIO block {block} has {left} of its {PIO_INSTRUCTIONS} instructions left"
            yield Fault(f"{place}, instructions", str(program.instructions), why)
        instructions[block] = max(left - program.instructions, 0)
        left = machines.get(block, PIO_MACHINES)
        if program.machines > left:
            why = f"PIO block {block} has {left} of its {PIO_MACHINES} state machines left"
            yield Fault(f"{place}, machines", str(program.machines), why)
        machines[block] = max(left - program.machines, 0)


def _flash_faults(board: Board) -> Iterator[Fault]:
    flash = board.flash
    if flash is None:
        return
    if flash.data_kib % SECTOR_KIB:
        yield Fault("[flash] data", str(flash.data_kib), f"is no multiple of a sector of {SECTOR_KIB} KiB")
    rest = flash.storage_kib - flash.data_kib
    if rest < LEAST_FILES_KIB:
        yield Fault("[flash] data", str(flash.data_kib), f"leaves {rest} KiB of {flash.storage_kib} for the "
                    f"firmware; {LEAST_FILES_KIB} are needed")  # fmt: skip


def _pressure_faults(board: Board) -> Iterator[Fault]:
    """What would leave the pump without its guard against an occlusion."""
    zero_pa, full_pa, limit_pa = (
        board.pressure.zero_pa,
        board.pressure.full_scale_pa,
        board.limits.pressure_pa,
    )
    if board.pressure.pin is None:
        return
    if zero_pa == full_pa:
        why = "is the pressure at zero too: the sensor would tell none"
        yield Fault("[pressure] full_scale", PRESSURE.format(full_pa), why)
    elif limit_pa >= max(zero_pa, full_pa):
        why = f"is more than the pressure sensor sees, up to {PRESSURE.format(max(zero_pa, full_pa))}"
        yield Fault("[limits] pressure", PRESSURE.format(limit_pa), why)


def _ranges(pins: frozenset[int]) -> str:
    """Return numbers as ``0-19, 21``."""
    parts: list[list[int]] = []
    for pin in sorted(pins):
        if parts and parts[-1][-1] == pin - 1:
            parts[-1].append(pin)
        else:
            parts.append([pin])
    return ", ".join(str(one[0]) if len(one) == 1 else f"{one[0]}-{one[-1]}" for one in parts)
