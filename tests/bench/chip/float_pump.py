"""The pump's control tick as a good user of MicroPython would write it: floats, attributes, a method a duty.

The same duties as the firmware's, at the same rates: program, feed-forward through calibration and rotor map,
a slow correction by the flow sensor, three volumes, reservoir and hour, the causes of alarms, permits for the
hardware. No journal, no protocol, no telemetry. It runs on the board that the firmware's tick is measured on.
"""

READ_EVERY = 5  # ticks: 20 readings a second at 100 Hz


class FloatPump:
    """``tick(now_us)`` a hundred times a second. Volumes in uL, flows in mL/h, pressures in kPa."""

    def __init__(self, board, segments, points, relative):  # type: ignore[no-untyped-def]
        self.board = board
        self.segments = segments  # (kind, rate, to rate, duration)
        self.points = points  # (mL/h, uL a revolution)
        self.map = relative  # flow over mean flow at equally spaced angles
        self.steps_per_rev = 3200
        self.segment = 0
        self.in_segment = 0.0
        self.set_rate = 0.0
        self.commanded = self.counted = self.measured = 0.0
        self.remaining = 30_000.0
        self.hour = [0.0] * 60
        self.minute = 0
        self.in_minute = 0.0
        self.in_second = 0.0
        self.angle = 0.0
        self.last_steps = 0
        self.last_us = 0
        self.flow = 0.0
        self.pressure = 0.0
        self.temperature = 20.0
        self.correction = 1.0
        self.balance = 0.0
        self.interval = 0.0
        self.ticks = 0
        self.air_reads = self.bad_reads = self.same_reads = self.high_reads = 0
        self.window_measured = self.window_counted = self.window_s = 0.0
        self.alarms = {}
        self.buffer = bytearray(9)

    def tick(self, now_us):  # type: ignore[no-untyped-def]
        """All of a tick's duties."""
        dt = ((now_us - self.last_us) & 0x3FFFFFFF) * 1e-6
        self.last_us = now_us
        self.account()
        phase = self.ticks % READ_EVERY
        if phase == 0:
            self.read_flow(dt * READ_EVERY)
        elif phase == 1:
            self.read_pressure()
        elif phase == 2:
            self.look()
        self.ticks += 1
        self.in_second += dt
        if self.in_second >= 1.0:
            self.in_second -= 1.0
            self.second()
        self.advance(dt)
        self.steer()
        self.allow()

    def stroke(self, rate):  # type: ignore[no-untyped-def]
        """The stroke volume at a flow, from the calibration."""
        points = self.points
        if rate <= points[0][0]:
            return points[0][1]
        for i in range(1, len(points)):
            if rate < points[i][0]:
                x0, y0 = points[i - 1]
                x1, y1 = points[i]
                return y0 + (y1 - y0) * (rate - x0) / (x1 - x0)
        return points[-1][1]

    def relative_flow(self):  # type: ignore[no-untyped-def]
        """The rotor map at the present angle."""
        at = self.angle * len(self.map)
        knot = int(at)
        low = self.map[knot % len(self.map)]
        high = self.map[(knot + 1) % len(self.map)]
        return low + (high - low) * (at - knot)

    def account(self):  # type: ignore[no-untyped-def]
        """The steps that were made, into every volume."""
        made = self.board.stepper.steps()
        steps = made - self.last_steps
        if not steps:
            return
        self.last_steps = made
        share = steps / self.steps_per_rev
        volume = share * self.stroke(self.set_rate) * self.relative_flow()
        self.angle = (self.angle + share) % 1.0
        self.counted += volume
        self.balance -= volume
        self.remaining = max(self.remaining - volume, 0.0)
        self.hour[self.minute] += volume
        self.window_counted += volume

    def read_flow(self, dt):  # type: ignore[no-untyped-def]
        """The flow sensor's frame."""
        buffer = self.buffer
        self.board.i2c_fetch_into(buffer, 9)
        for at in (0, 3, 6):
            crc = 0xFF
            for byte in buffer[at : at + 2]:
                crc ^= byte
                for _ in range(8):
                    crc = ((crc << 1) ^ 0x31 if crc & 0x80 else crc << 1) & 0xFF
            if crc != buffer[at + 2]:
                self.bad_reads += 1
                return
        self.bad_reads = 0
        count = buffer[0] << 8 | buffer[1]
        if count > 0x7FFF:
            count -= 0x10000
        flow = count / 10.0 * 60.0 / 1000.0
        self.same_reads = self.same_reads + 1 if flow == self.flow else 0
        self.flow += (flow - self.flow) * 0.25
        self.temperature = (buffer[3] << 8 | buffer[4]) / 200.0
        self.air_reads = self.air_reads + 1 if buffer[7] & 1 else 0
        self.measured += flow / 3.6 * dt
        self.window_measured += flow / 3.6 * dt

    def read_pressure(self):  # type: ignore[no-untyped-def]
        """The line's pressure."""
        self.pressure = -20.0 + self.board.pressure_raw() * 250.0 / 65535.0
        self.high_reads = self.high_reads + 1 if self.pressure > 69.0 else 0

    def look(self):  # type: ignore[no-untyped-def]
        """The causes of alarms."""
        found = {
            "occlusion": self.high_reads >= 2,
            "air": self.air_reads >= 3,
            "sensor": self.bad_reads >= 20 or self.same_reads >= 1200,
            "low": self.remaining <= 2000.0,
            "empty": self.remaining <= 0.0,
            "hour": sum(self.hour) >= 60_000.0,
            "stop": self.board.stop_input(),
        }
        for name, present in found.items():
            if present and name not in self.alarms:
                self.alarms[name] = self.last_us
            elif not present and name in self.alarms:
                del self.alarms[name]

    def second(self):  # type: ignore[no-untyped-def]
        """Once a second: minutes, correction, measured against counted."""
        self.in_minute += 1.0
        if self.in_minute >= 60.0:
            self.in_minute = 0.0
            self.minute = (self.minute + 1) % 60
            self.hour[self.minute] = 0.0
        if self.set_rate > 0.4:
            off = (self.flow - self.set_rate) / self.set_rate
            self.correction = min(max(self.correction - off / 300.0, 0.9), 1.1)
        self.window_s += 1.0
        if self.window_s >= 60.0:
            off = self.window_measured - self.window_counted
            if abs(off) > 0.4 * self.window_counted + 5.0:
                self.alarms["flow"] = self.last_us
            self.window_s = self.window_measured = self.window_counted = 0.0

    def advance(self, dt):  # type: ignore[no-untyped-def]
        """The program's clock and the flow that is due."""
        if self.segment >= len(self.segments):
            self.set_rate = 0.0
            return
        kind, rate, to_rate, duration = self.segments[self.segment]
        self.in_segment += dt
        if self.in_segment >= duration:
            self.in_segment -= duration
            self.segment += 1
            return
        if kind == "ramp":
            rate += (to_rate - rate) * self.in_segment / duration
        self.set_rate = rate
        volume = rate / 3.6 * dt
        self.commanded += volume
        self.balance += volume

    def steer(self):  # type: ignore[no-untyped-def]
        """The flow law: the time between microsteps."""
        if self.set_rate <= 0.0:
            self.interval = 0.0
            return
        rate = self.set_rate * self.correction / max(self.relative_flow(), 0.25)
        rate *= 1.0 + min(max(self.balance / (self.set_rate / 3.6 * 30.0), -0.1), 0.1)
        step = self.stroke(self.set_rate) / self.steps_per_rev
        interval = step / (min(rate, 120.0) / 3.6) * 1e6
        if abs(interval - self.interval) > 0.01 * interval:
            self.interval = interval
            whole = int(interval)
            self.board.stepper.set_interval(whole, int((interval - whole) * 65536.0))

    def allow(self):  # type: ignore[no-untyped-def]
        """The steps that the motor may make until the next ticks."""
        if not self.interval:
            return
        step = self.stroke(self.set_rate) / self.steps_per_rev
        most = min(self.remaining, 60_000.0 - sum(self.hour)) / step
        self.board.stepper.permit(int(min(most, 100_000.0 / self.interval + 2.0)))
