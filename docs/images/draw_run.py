"""Draw docs/images/run.svg: ``python docs/images/draw_run.py`` runs an example on a virtual board.

The picture comes from the records that the run left in its database; nothing in it is typed in by hand.
"""

import tempfile
from pathlib import Path

import numpy as np

from pumpbench.client import Records
from pumpbench.conduct import Job, Summary, run
from pumpbench.store import Store

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "examples" / "empty-30ml.toml"
OUT = Path(__file__).with_name("run.svg")
WIDTH, LEFT, RIGHT = 860, 70, 20
PANELS = ((90, 150), (290, 130))  # top and height of flow, volume
BINS = 360

Curve = tuple[str, str, np.ndarray]  # name, colour, values


def line(x: np.ndarray, y: np.ndarray, colour: str, width: float) -> str:
    """A polyline."""
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def band(x: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str) -> str:
    """What lies between two lines."""
    edge = np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]])
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(*edge, strict=True))
    return f'<polygon points="{points}" fill="{colour}" fill-opacity="0.3"/>'


def text(
    x: float, y: float, words: str, *, size: int = 12, anchor: str = "start", colour: str = "#333"
) -> str:
    """A line of text."""
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


def panel(place: tuple[int, int], title: str, high: float, hours: float, curves: list[Curve]) -> list[str]:
    """One plot over time from 0 to `high`: the mean of every bin and the band that it kept within."""
    top, height = place
    x = np.linspace(LEFT, WIDTH - RIGHT, BINS)

    def y(values: np.ndarray) -> np.ndarray:
        return top + height * (1 - values / high)

    drawn = [text(LEFT, top - 8, title, size=13)]
    for value in (0, high / 2, high):
        drawn.append(f'<path d="M{LEFT} {y(value):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        drawn.append(text(LEFT - 8, y(value) + 4, f"{value:g}", size=11, anchor="end"))
    for number, (name, colour, values) in enumerate(curves):
        bins = values[: len(values) // BINS * BINS].reshape(BINS, -1)
        drawn.append(band(x, y(bins.min(axis=1)), y(bins.max(axis=1)), colour))
        drawn.append(line(x, y(bins.mean(axis=1)), colour, 1.6))
        at = WIDTH - RIGHT - 150 * (len(curves) - 1 - number)
        drawn.append(text(at, top - 8, name, anchor="end", colour=colour))
    return drawn


def picture(records: Records, summary: Summary) -> str:
    """The whole drawing."""
    running = records[records["set_nl_h"] > 0]
    hours = float(running["time_us"][-1] - running["time_us"][0]) / 3.6e9
    told = (
        f"{summary.delivered_nl / 1e6:.4g} mL of {summary.requested_nl / 1e6:.4g} mL delivered, "
        f"{summary.telemetry_records} records, {summary.telemetry_gaps} gaps"
    )
    parts = [text(LEFT, 28, "A 30 mL reservoir emptied on the virtual board", size=17)]
    parts.append(text(LEFT, 46, f"All figures are simulated. {told}.", colour="#777"))
    flow = [
        ("measured", "#d98200", running["measured_nl_h"] / 1e6),
        ("set", "#0b5fa5", running["set_nl_h"] / 1e6),
    ]
    volume = [
        ("remaining", "#777777", running["remaining_nl"] / 1e6),
        ("delivered", "#0b5fa5", running["counted_nl"] / 1e6),
    ]
    title = "flow, mL/h: mean and band of each minute (every roller takes a bite)"
    parts += panel(PANELS[0], title, 8, hours, flow)
    parts += panel(PANELS[1], "volume, mL", 30, hours, volume)
    bottom = PANELS[-1][0] + PANELS[-1][1]
    for hour in range(int(hours + 1.01)):
        x = LEFT + hour / hours * (WIDTH - LEFT - RIGHT)
        parts.append(text(round(x, 1), bottom + 18, f"{hour}", size=11, anchor="middle"))
    parts.append(text(WIDTH / 2, bottom + 36, "hours", anchor="middle"))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + 46}" '
        'font-family="sans-serif">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def main() -> None:
    """Run, read back, draw."""
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder, "runs.sqlite")
        summary = run(Job(PROGRAM, db=db, speed="max", seed=7))
        with Store(db, read_only=True) as store:
            OUT.write_text(picture(store.records(summary.run_id), summary))


main()
