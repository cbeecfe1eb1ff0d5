"""Ways into each of the pump's states, by the state's number. Runs on both interpreters."""

from core_rig import ML, segment

from pumplink.states import PRIME, RELIEVING


def into_running(rig):  # type: ignore[no-untyped-def]
    rig.start(segment(rate=10 * ML, duration=600), keep_open=ML)
    rig.run(5)


def into_paused(rig):  # type: ignore[no-untyped-def]
    into_running(rig)
    rig.pump.pause()


def into_keep_open(rig):  # type: ignore[no-untyped-def]
    into_running(rig)
    rig.core.delivery.keep_open()
    rig.run(1)


def into_bolus(rig):  # type: ignore[no-untyped-def]
    into_running(rig)
    rig.pump.bolus(0, ML, 60 * ML)
    rig.run(1)


def into_moving(rig):  # type: ignore[no-untyped-def]
    rig.pump.move(PRIME, 0, ML, 60 * ML)
    rig.run(1)


def into_finished(rig):  # type: ignore[no-untyped-def]
    rig.start(segment(rate=10 * ML, duration=1))
    rig.run(2)


def into_interrupted(rig):  # type: ignore[no-untyped-def]
    into_running(rig)
    rig.boot()


def into_alarm_stop(rig):  # type: ignore[no-untyped-def]
    into_running(rig)
    rig.board.pulled = True
    rig.run(1)


def into_relieving(rig):  # type: ignore[no-untyped-def]
    into_running(rig)
    rig.close()
    for _ in range(1000):
        rig.run(0.05)
        if rig.readings.state == RELIEVING:
            return
    raise AssertionError("no relief")


def into_stopped(rig):  # type: ignore[no-untyped-def]
    pass


INTO = [
    into_stopped,
    into_running,
    into_paused,
    into_keep_open,
    into_bolus,
    into_moving,
    into_finished,
    into_interrupted,
    into_alarm_stop,
    into_relieving,
]
