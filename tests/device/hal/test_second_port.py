"""The link on a second USB serial port: over a stand-in for usb-device-cdc."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.support.micropython import DEVICE, SHARED, micropython_command

HERE = Path(__file__).parent
SECOND_PORT = 32


def said(*more: Path, typed: str = "") -> dict[str, Any]:
    path = ":".join(str(part) for part in (*more, DEVICE, SHARED)) + ":.frozen"
    done = subprocess.run(
        [micropython_command(), str(HERE / "second_port_rig.py")],
        input=typed,
        capture_output=True,
        text=True,
        env=os.environ | {"MICROPYPATH": path},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_without_the_package_or_unwanted_there_is_none() -> None:
    assert said() == {"unwanted": True, "there": False}
    assert said(HERE / "fakes_usb")["unwanted"]


def test_it_stands_beside_the_prompt_s_port_and_tells_who_listens() -> None:
    told = said(HERE / "fakes_usb")
    assert (told["there"], told["capability"], told["prompt_stays"]) == (True, SECOND_PORT, True)
    assert (told["closed"], told["open"], told["pulled"], told["gone"]) == (False, True, False, False)


def test_it_never_waits_and_says_how_much_went() -> None:
    told = said(HERE / "fakes_usb")
    assert told["nothing"] == [False, 0]
    assert told["something"] == [True, 8, "01234567", 2]
    assert told["write"] == [3, 0]
    assert (told["rest"], told["sent"]) == (2, "frame")


def test_it_carries_500_records_a_second_at_most() -> None:
    assert said(HERE / "fakes_usb")["most_hz"] == [100, 500]


def test_a_knock_at_the_prompt_s_port_interrupts_while_the_driver_is_off_and_a_frame_does_not() -> None:
    assert said(HERE / "fakes_usb", typed="......\r\x03")["interrupted"]
    assert not said(HERE / "fakes_usb", typed="......\x03")["interrupted"]
    assert not said(HERE / "fakes_usb", typed="\r\x03")["interrupted"], "the driver was on"
