"""What the board runs at power-up: the firmware out of its slot, or loose in the root."""

import gc
import sys

import micropython

if not globals().get("ctrl_c_works", True):  # from boot.py
    micropython.kbd_intr(-1)  # a byte 0x03 in a frame that comes too early must not break the start off
_watchdog_runs = globals().get("watchdog_runs")  # boot.py's too; a chip's alone
if _watchdog_runs and _watchdog_runs():  # a soft reset from the prompt: begin from a real one
    import machine

    machine.reset()

slots = None
if sys.platform in ("rp2", "esp32"):
    try:
        import slots  # type: ignore[no-redef]
    except ImportError:
        pass  # only the firmware's own files were copied


def start() -> None:
    """Run the firmware until a host asks for the prompt."""
    if hasattr(gc, "threshold"):
        gc.threshold(65_536)  # bytes between collections: what importing leaves must not scatter the heap
    if slots:
        slots.mount()
    from pumpfw.app import App

    if slots:
        slots.settle()
    app = App()
    if slots:
        slots.unmount()
        app.link.handshake.came_up = slots.keep
    if hasattr(gc, "threshold"):
        gc.threshold(-1)  # from here on nothing allocates but the link's answers
    app.run()
    if slots:
        slots.stay_at_prompt()


if not slots:
    start()
elif not slots.is_held():
    try:
        start()
    except KeyboardInterrupt as error:  # mpremote's knock, or Ctrl-C at the prompt's own port
        if not _watchdog_runs:
            slots.failed(error)
        elif _watchdog_runs():
            globals()["feed_for_ever"]()
    except Exception as error:  # noqa: BLE001  (noted, and told at the next prompt)
        slots.failed(error)
