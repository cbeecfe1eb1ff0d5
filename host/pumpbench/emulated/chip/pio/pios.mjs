// Both PIO blocks in time. They run behind the processor and catch up whenever it touches their registers or a
// pin, when an alarm is served, and at the end of every stretch of time; every edge carries the exact cycle at
// which it happened. While something of theirs may interrupt the processor they are never more than a few
// dozen cycles behind.

import { Block } from './block.mjs';
import { STALL } from './operands.mjs';

const FIRST_INTERRUPTS = [7, 9];
const SYNCHRONISER_CYCLES = 2;

export class Pios {
  constructor(mcu, pads, clock) {
    this.pads = pads;
    this.clock = clock;
    this.reached = 0; // 1/256 cycles up to which they have run
    this.stepping = -1; // time of the instruction that is being executed, -1 when none is
    this.blocks = FIRST_INTERRUPTS.map((first, i) => new Block(mcu, pads, this, i, first));
    this.all = this.blocks.flatMap((block) => block.machines);
    this.running = [];
    this.onTouched = () => {}; // the processor changed something of a block that may interrupt it
    pads.afterChange = (index, cycle) => this.wakePin(cycle);
    pads.beforeChange = () => {
      if (this.stepping < 0) this.sync();
    };
  }

  /** The time at which something happens that no machine did. */
  now() {
    return this.stepping >= 0 ? this.stepping : this.clock.cycles * 256;
  }

  /** The same in whole cycles. */
  cycle() {
    return this.stepping >= 0 ? Math.floor(this.stepping / 256) : this.clock.cycles;
  }

  changed() {
    this.running = this.all.filter((machine) => machine.enabled);
  }

  get active() {
    return this.running.length > 0;
  }

  /** Whether a machine may interrupt the processor before that does something to its block. */
  get mayInterrupt() {
    return this.active && this.blocks.some((block) => block.anyInterrupt && block.isAwake);
  }

  sync() {
    if (this.stepping < 0) this.run(this.clock.cycles);
  }

  /** Run up to `cycle`; with `core`, only until that wakes up. */
  run(cycle, core = null) {
    const until = cycle * 256;
    while (!core || core.waiting) {
      const machine = this.first();
      if (!machine || machine.next > until) break;
      const { loop } = machine;
      if (loop.repeats) {
        loop.skip(loop.dependsOnOutside ? Math.min(until, this.quietUntil(machine)) : until);
        if (machine.next > until) continue;
      }
      this.stepping = machine.next;
      machine.step();
      this.stepping = -1;
    }
    this.reached = core && !core.waiting ? Math.max(this.reached, this.lastStep()) : until;
  }

  /** The machine whose turn is next: machines of the same time in their order. */
  first() {
    let found = null;
    for (const machine of this.running) {
      if (!found || machine.next < found.next) found = machine;
    }
    return found && found.next < Infinity ? found : null;
  }

  /** No other machine does anything before this time. */
  quietUntil(machine) {
    let time = Infinity;
    for (const other of this.running) if (other !== machine && other.next < time) time = other.next;
    return time;
  }

  lastStep() {
    return this.all.reduce((time, machine) => (machine.enabled ? Math.max(time, machine.phase) : time), 0);
  }

  /** A level changed at `cycle`: machines that wait for one see it behind the synchroniser. */
  wakePin(cycle) {
    const time = (cycle + SYNCHRONISER_CYCLES) * 256 - 1;
    for (const machine of this.running) if (machine.stall === STALL.PIN) machine.wake(time);
  }
}
