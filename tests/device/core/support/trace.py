"""A day in the life of the pump, printed as numbers that two interpreters must agree on."""

from core_rig import ML, Rig, segment

from pumplink.alarms import OCCLUSION, RESET_IN_RUN
from pumplink.states import RAMP, RELIEVING, RUNNING, SEGMENT_BOLUS


def show(rig: Rig) -> None:
    now = rig.readings
    print(now.now_lo, now.commanded_lo, now.counted_lo, now.measured_lo, now.measured_hi, now.steps_lo)
    print(now.set_nl_h, now.flow_nl_h, now.rotor_mdeg, now.remaining_nl, now.alarms_latched)
    print(now.state, now.flags, rig.events.count, rig.journal.puts)


def main() -> None:
    rig = Rig()
    rig.fill()
    relative = [1000 - (600 if index % 60 > 47 else 0) for index in range(180)]
    strokes = [51_234_567, 49_000_001] + [0] * 6
    rig.pump.calibration.set(
        [0, 1, 0, 1_020_000, -700, 2, 10, 40_000] + [0] * 6 + strokes + [0, 0, 0, 1] + relative
    )
    rig.start(
        segment(rate=3 * ML, duration=45),
        segment(RAMP, rate=0, to_rate=33_333_333, duration=17),
        segment(SEGMENT_BOLUS, rate=60 * ML, volume=77_777),
        keep_open=200_000,
        repeat=3,
    )
    for number in range(60):
        rig.run(2.5, us=10_000 + number * 37)
        show(rig)
        if number == 8:
            rig.pump.bolus(0, 12_345, 20 * ML)
        if number == 20:
            rig.boot()
            rig.run(0.5)
            rig.pump.acknowledge(RESET_IN_RUN)
            rig.resume()
    rig.close()
    while rig.readings.state == RUNNING:
        rig.tick()
    show(rig)
    while rig.readings.state == RELIEVING:
        rig.tick()
    rig.run(1)
    rig.pump.acknowledge(OCCLUSION)
    show(rig)


main()
