// Skips the turns of a waiting loop, exactly. A pump's state machine spends nearly all of its time in a loop
// such as `jmp(x_dec, "wait")`: when a turn has left everything as it was but for one less in x or y, the next
// turns will do the same, until the count is used up or something from outside comes in between.

export class LoopSkipper {
  constructor(machine) {
    this.machine = machine;
    this.forget();
  }

  forget() {
    this.head = -1;
    this.readsX = this.readsY = this.readsOutside = false;
  }

  sawX() { this.readsX = true; }
  sawY() { this.readsY = true; }
  sawOutside() { this.readsOutside = true; }
  sawFifo() {} // changes only when the processor or the machine itself moves a word: that is in `version`

  /** The machine has jumped back, to `machine.pc`, to go on at `machine.next`. */
  arrived() {
    const m = this.machine;
    const { block } = m;
    const again = this.head === m.pc && m.forced < 0 && block.version === this.version &&
      block.pads.version === this.padsVersion && m.isr === this.isr && m.osr === this.osr &&
      m.isrCount === this.isrCount && m.osrCount === this.osrCount;
    const lessX = (this.x - m.x) | 0;
    const lessY = (this.y - m.y) | 0;
    this.length = m.next - this.time;
    this.repeats = 0;
    if (again && lessY === 0 && lessX === 1 && !this.readsX && m.x) this.repeats = m.x >>> 0;
    else if (again && lessX === 0 && lessY === 1 && !this.readsY && m.y) this.repeats = m.y >>> 0;
    else if (again && lessX === 0 && lessY === 0) this.repeats = Infinity;
    this.countsX = lessX === 1;
    this.countsY = lessY === 1;
    this.dependsOnOutside = this.readsOutside;

    this.head = m.pc;
    this.version = block.version;
    this.padsVersion = block.pads.version;
    this.isr = m.isr;
    this.osr = m.osr;
    this.isrCount = m.isrCount;
    this.osrCount = m.osrCount;
    this.x = m.x;
    this.y = m.y;
    this.time = m.next;
    this.readsX = this.readsY = this.readsOutside = false;
  }

  /** Skip whole turns that end at `until` at the latest. */
  skip(until) {
    const m = this.machine;
    const room = Math.floor((until - m.next) / this.length);
    const turns = Math.min(this.repeats, room);
    this.repeats = 0;
    const changed = m.block.version !== this.version || m.block.pads.version !== this.padsVersion;
    if (changed || !(turns > 0)) return;
    if (this.countsX) this.x = m.x = (m.x - turns) | 0;
    else if (this.countsY) this.y = m.y = (m.y - turns) | 0;
    m.next += turns * this.length;
    this.time = m.next;
  }
}
