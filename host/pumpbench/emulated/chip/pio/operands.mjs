// What the instructions of a PIO state machine read and write: its registers, FIFOs and pins.
// Times are in 1/256 of a cycle of the system clock, which is what the clock divider counts in.

import { Fifo } from './fifo.mjs';
import { LoopSkipper } from './loop.mjs';

export const STALL = { NONE: 0, PIN: 1, IRQ: 2, TX: 3, RX: 4 };
const SYNCHRONISER_CYCLES = 2;

export class Operands {
  constructor(block, index) {
    this.block = block;
    this.index = index;
    this.tx = new Fifo(4);
    this.rx = new Fifo(4);
    this.divider = 256;
    this.exec = 0x1f << 12;
    this.shift = 0b11 << 18;
    this.pins = 0x5 << 26;
    this.x = 0;
    this.y = 0;
    this.pc = 0;
    this.enabled = false;
    this.next = Infinity; // when it executes again; Infinity while it is off or stalled
    this.phase = 0; // a time at which its divided clock ticked
    this.loop = new LoopSkipper(this);
    this.restart();
  }

  restart() {
    this.isr = 0;
    this.osr = 0;
    this.isrCount = 0;
    this.osrCount = 32;
    this.stall = STALL.NONE;
    this.delay = 0;
    this.forced = -1; // an instruction to execute in place of the program's
    this.irqRaised = 0; // the flag that `irq(block)` has set and waits for
  }

  // --- fields of its registers ---

  get wrapTop() { return (this.exec >>> 12) & 31; }
  get wrapBottom() { return (this.exec >>> 7) & 31; }
  get jmpPin() { return (this.exec >>> 24) & 31; }
  get pullThreshold() { return (this.shift >>> 25) & 31 || 32; }
  get pushThreshold() { return (this.shift >>> 20) & 31 || 32; }
  get autopull() { return (this.shift & (1 << 17)) !== 0; }
  get autopush() { return (this.shift & (1 << 16)) !== 0; }
  get inBase() { return (this.pins >>> 15) & 31; }

  // --- operands ---

  irqNumber(field) {
    return field & 16 ? (field & 4) | ((field + this.index) & 3) : field & 7;
  }

  /** What the input pins read, as they were before the synchroniser. */
  inputs(time) {
    this.loop.sawOutside();
    const { pads } = this.block;
    return time / 256 - pads.changedAt >= SYNCHRONISER_CYCLES ? pads.levels : pads.before;
  }

  source(source, time) {
    switch (source) {
      case 0: {
        const levels = this.inputs(time);
        const base = this.inBase;
        return base ? (levels >>> base) | (levels << (32 - base)) : levels;
      }
      case 1:
        this.loop.sawX();
        return this.x;
      case 2:
        this.loop.sawY();
        return this.y;
      case 6:
        return this.isr;
      case 7:
        return this.osr;
      default:
        return 0;
    }
  }

  /** A destination that OUT and MOV have in common. */
  put(destination, value, count) {
    const base = this.pins & 31;
    const outCount = (this.pins >>> 20) & 63;
    switch (destination) {
      case 0:
        this.block.setPins(base, outCount, value);
        break;
      case 1:
        this.x = value;
        break;
      case 2:
        this.y = value;
        break;
      case 4:
        this.block.setDirections(base, outCount, value);
        break;
      case 5:
        this.jumpedTo = value & 31;
        break;
      case 6:
        this.isr = value;
        this.isrCount = count;
        break;
      case 7:
        this.forced = value & 0xffff;
        this.delay = 0;
        break;
    }
  }
}
