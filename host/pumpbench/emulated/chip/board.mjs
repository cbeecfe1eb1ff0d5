// The board in the emulator: the chip over all its lives, the motor's driver, the wires that the bench watches,
// and the bench's time, which goes on when the chip does not.

import { Chip } from './chip.mjs';
import { FLOATING } from './pads.mjs';
import { Motor } from './motor.mjs';

const [POWER_ON, WATCHDOG] = [1, 3];
const KEPT_CHANGES = 65536;

export class Board {
  /**
   * @param parts see Chip. @param wiring `{motor, watched, reported, pulledUp}`: the motor's pins; outputs whose
   * changes are kept; those of them that the bench hears of; pins with a resistor to 3.3 V.
   * @param bench see Chip, and `reset(cause)`, `wire(pin, level)`, `event()`.
   */
  constructor(parts, wiring, bench) {
    this.parts = parts;
    this.wiring = wiring;
    this.bench = bench;
    this.motor = new Motor(wiring.motor);
    this.inputs = new Map(wiring.pulledUp.map((pin) => [pin, 1]));
    this.changes = []; // [cycle, pin, level] of the watched pins
    this.base = 0; // the bench's cycle at which this life of the chip began
    this.chip = null;
    this.cable = true;
    parts.flash.onFailure = () => {
      this.failed = true;
      this.chip.wantReset();
    };
  }

  /** The bench's time in cycles. */
  get cycles() {
    return this.chip ? this.base + this.chip.cycles : this.base;
  }

  setSupply(on) {
    if (on === (this.chip !== null)) return;
    if (on) {
      this.start(null, POWER_ON);
      return;
    }
    const now = this.cycles;
    this.letGo(now);
    this.chip = null;
    this.base = now;
  }

  /** Bring a chip out of reset. */
  start(kept, cause) {
    this.chip = new Chip(this.parts, this.bench, kept);
    this.motor.attach(this.chip.pads, this.base);
    for (const pin of this.wiring.watched) {
      this.chip.pads.watch(pin, (level, cycle) => this.changed(this.base + cycle, pin, level));
    }
    for (const [pin, level] of this.inputs) this.chip.pads.drive(pin, level);
    this.chip.usb.setCable(this.cable);
    this.chip.watchdog.onMark = () => this.bench.event();
    this.bench.reset(cause);
  }

  letGo(now) {
    this.bench.usb.plugged(0);
    this.motor.released(now);
    for (const pin of this.wiring.watched) {
      if (this.chip.mcu.gpio[pin].wire) this.changed(now, pin, 0);
    }
  }

  changed(cycle, pin, level) {
    this.changes.push([cycle, pin, level]);
    if (this.changes.length > KEPT_CHANGES) this.changes.shift();
    if (this.wiring.reported.includes(pin)) this.bench.wire(pin, level);
  }

  /** Let time pass up to the bench's cycle `until`; false when the supply failed on the way. */
  run(until) {
    this.failed = false;
    while (this.cycles < until) {
      if (!this.chip) {
        this.base = until;
        break;
      }
      this.chip.run(until - this.base);
      if (!this.chip.resetWanted) continue;
      const now = this.cycles;
      this.letGo(now);
      const { reason, scratch } = this.chip.watchdog;
      this.base = now;
      this.chip = null;
      if (this.failed) return false;
      this.start({ reason, scratch }, WATCHDOG);
    }
    return true;
  }

  /** The bench drives a wire: 0, 1 or FLOATING. */
  drive(pin, level) {
    if (level === FLOATING) this.inputs.delete(pin);
    else this.inputs.set(pin, level);
    this.chip?.pads.drive(pin, level);
  }

  setCable(cable) {
    this.cable = cable;
    this.chip?.usb.setCable(cable);
  }
}
