// The watchdog: counts down in microseconds twice as fast as it should (RP2040-E1), resets the chip at 0 or
// when told to, and keeps its scratch registers and the reason over that reset.

const [CTRL, LOAD, REASON, SCRATCH0, TICK] = [0x00, 0x04, 0x08, 0x0c, 0x2c];
const MARK = 0x10; // SCRATCH1: pumpfw/hal/rp2.py marks an event there
const [TRIGGER, ENABLE] = [1 << 31, 1 << 30];
const [BY_TIMER, BY_FORCE] = [1, 2];
const NANOS_PER_COUNT = 500;
const [TICK_RUNNING, TICK_ENABLE] = [1 << 10, 1 << 9];

export class Watchdog {
  /** @param kept `{reason, scratch}` of the chip's life before. @param reset called when it bites. */
  constructor(clock, kept, reset) {
    this.clock = clock;
    this.reset = reset;
    this.reason = kept?.reason ?? 0;
    this.scratch = kept?.scratch ?? new Uint32Array(8);
    this.control = 0;
    this.tick = TICK_ENABLE;
    this.loaded = 0;
    this.loadedAt = 0;
    this.onMark = () => {}; // (value) firmware wrote to the scratch register that is free for its own use
    this.alarm = clock.createAlarm(() => this.bite(BY_TIMER));
  }

  bite(reason) {
    this.reason = reason;
    this.reset();
  }

  remaining() {
    return Math.max(0, this.loaded - Math.floor((this.clock.nanos - this.loadedAt) / NANOS_PER_COUNT));
  }

  readUint32(offset) {
    offset &= 0xfff;
    if (offset === CTRL) return (this.control | (this.control & ENABLE ? this.remaining() : 0)) >>> 0;
    if (offset === REASON) return this.reason;
    if (offset >= SCRATCH0 && offset < TICK) return this.scratch[(offset - SCRATCH0) >> 2];
    if (offset === TICK) return this.tick | TICK_RUNNING;
    return 0;
  }

  writeUint32Atomic(offset, value, alias) {
    const old = this.readUint32(offset);
    this.write(offset, [value, old ^ value, old | value, old & ~value][alias]);
  }

  write(offset, value) {
    if (offset === LOAD) {
      this.loaded = value & 0xffffff;
      this.loadedAt = this.clock.nanos;
      this.arm();
    } else if (offset === CTRL) {
      this.control = value & 0x47000000;
      if (value & TRIGGER) this.bite(BY_FORCE);
      else this.arm();
    } else if (offset >= SCRATCH0 && offset < TICK) {
      this.scratch[(offset - SCRATCH0) >> 2] = value;
      if (offset === MARK) this.onMark(value);
    } else if (offset === TICK) {
      this.tick = value & 0x3ff;
    }
  }

  arm() {
    this.alarm.cancel();
    if (this.control & ENABLE) this.alarm.schedule(this.remaining() * NANOS_PER_COUNT);
  }
}
