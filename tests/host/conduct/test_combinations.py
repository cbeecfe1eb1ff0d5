"""What meets in one run: an alarm and the keep-open rate, four reservoirs, a pause by hand."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from tests.host.conduct.conftest import STEP_NL, Conduct, constant, program
from tests.host.conduct.test_resume import SLOWLY, wait_for_records

from pumpbench.client import Client, connect
from pumpbench.conduct import Job, run
from pumpbench.store import Store
from pumpbench.virtual.board import VirtualBoard

KEEP_OPEN_NL_H = 500_000
A_RECORD_NL = 20_000_000 / 36_000  # in the tenth of a second between two records, at the highest rate


def test_a_pump_that_gives_too_much_goes_to_its_keep_open_rate_and_waits(conduct: Conduct) -> None:
    twice_the_stroke = "[pump]\nstroke_volume_ul_per_rev = 100\n"
    outcome = conduct(
        program(constant("10 mL/h", "20 min"), head='keep_open_rate = "0.5 mL/h"'), twice_the_stroke
    )
    assert (outcome.summary.state, outcome.summary.alarms) == ("keep-open", ("over-infusion",))
    outcome.assert_whole()
    kept_open = outcome.records["state"] == outcome.records["state"][-1]
    assert set(outcome.records["set_nl_h"][kept_open].tolist()) == {KEEP_OPEN_NL_H}


def test_four_reservoirs_give_what_their_segments_say_twice_over(conduct: Conduct) -> None:
    contents_ml = {"a": 30, "b": 10, "c": 9, "d": 4}
    reservoirs = "".join(
        f'[[reservoirs]]\nid = "{name}"\ncapacity = "30 mL"\ncontents = "{volume} mL"\n'
        for name, volume in contents_ml.items()
    )
    outcome = conduct(
        program(
            'reservoir = "a"\n' + constant("10 mL/h", "2 min"),
            'reservoir = "b"\nkind = "bolus"\nrate = "20 mL/h"\nvolume = "200 uL"',
            'reservoir = "c"\nkind = "ramp"\nrate = "5 mL/h"\nto_rate = "10 mL/h"\nduration = "100 s"',
            'reservoir = "d"\nkind = "keep-open"\nduration = "3 min"',
            head='repeat = 2\nkeep_open_rate = "0.5 mL/h"',
            reservoirs=reservoirs,
        )
    )
    assert (outcome.summary.state, outcome.summary.alarms) == ("finished", ())
    assert outcome.summary.requested_nl == 1_533_333  # exactly 1,533,333 1/3
    assert 0 <= outcome.summary.requested_nl - outcome.summary.delivered_nl <= 8 * 2 * STEP_NL
    outcome.assert_whole()
    left_nl = {
        int(number): int(outcome.records["remaining_nl"][outcome.records["reservoir"] == number][-1])
        for number in np.unique(outcome.records["reservoir"])
    }
    drawn_nl = [666_667, 400_000, 416_667, 50_000]
    for number, (volume, drawn) in enumerate(zip(contents_ml.values(), drawn_nl, strict=True)):
        assert abs(volume * 1_000_000 - drawn - left_nl[number]) <= 4 * STEP_NL + A_RECORD_NL


def test_a_run_paused_and_resumed_by_hand_while_nobody_records_is_recorded_whole(tmp_path: Path) -> None:
    file, db = tmp_path / "program.toml", tmp_path / "lab.sqlite"
    file.write_text(program(constant("10 mL/h", "60 s")))
    with VirtualBoard(speed=SLOWLY) as board:
        command = [sys.executable, "-m", "pumpbench", "run", str(file), "--db", str(db), "--port", board.port]
        for hand in ("pause", "resume"):
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as host:
                wait_for_records(db, 50 if hand == "pause" else 150, host)
                host.kill()
            with in_command(board.port) as pump:
                if hand == "pause":
                    pump.pause()
                    at_pause_nl = pump.status().delivered_nl
                    time.sleep(0.5)
                else:
                    assert (pump.status().state, pump.status().delivered_nl) == ("paused", at_pause_nl)
                    pump.start(pump.program()[0], resume=True)
        told = run(Job(file, port=board.port, db=db))
    assert (told.run_id, told.state, told.telemetry_gaps) == (1, "finished", 0)
    assert 0 <= told.requested_nl - told.delivered_nl <= 250
    with Store(db) as store:
        states = store.records(1)["state"]
    assert len(np.unique(states)) >= 2


def in_command(port: str) -> Client:
    """Connect once the board has noticed that the host which commanded it is gone."""
    while True:
        pump = connect(port)
        if pump.role == "command":
            return pump
        pump.close()
        time.sleep(0.1)
