// One PIO state machine: what each instruction does, and when (RP2040 data sheet, chapter 3).
// Times are in 1/256 of a cycle of the system clock, which is what the clock divider counts in.

import { Operands, STALL } from './operands.mjs';

const PUSH = 0x8020;

const reversed = (x) => {
  x = ((x & 0x55555555) << 1) | ((x >>> 1) & 0x55555555);
  x = ((x & 0x33333333) << 2) | ((x >>> 2) & 0x33333333);
  x = ((x & 0x0f0f0f0f) << 4) | ((x >>> 4) & 0x0f0f0f0f);
  x = ((x & 0x00ff00ff) << 8) | ((x >>> 8) & 0x00ff00ff);
  return (x << 16) | (x >>> 16);
};

export class Machine extends Operands {
  // --- time ---

  /** Switch it on or off at `time`; its clock divider goes on ticking all the while. */
  enable(on, time) {
    if (on === this.enabled) return;
    this.enabled = on;
    this.loop.forget();
    this.next = on ? this.tickAfter(time) : Infinity;
  }

  /** The first tick of its divided clock after `time`. */
  tickAfter(time) {
    return this.phase + (Math.floor((time - this.phase) / this.divider) + 1) * this.divider;
  }

  /** What it waits for may have come: look again at the first tick after `time`. */
  wake(time) {
    if (this.enabled) this.next = this.tickAfter(time);
  }

  /** Do what is due at `this.next`. */
  step() {
    const time = this.next;
    this.phase = time;
    if (this.stall) {
      this.attempt(this.unfinished, time, this.advances);
      return;
    }
    const forced = this.forced;
    this.forced = -1;
    if (forced >= 0) this.execute(forced, time, false);
    else this.execute(this.block.instructions[this.pc], time, true);
  }

  /** Execute `opcode` now, as a write to SMx_INSTR does; a stall of the program ends. */
  force(opcode, time) {
    const next = this.stall ? this.tickAfter(time) : this.next;
    this.loop.forget();
    this.execute(opcode, time, false);
    if (!this.stall && this.enabled) this.next = next;
  }

  execute(opcode, time, advances) {
    const sideCount = this.pins >>> 29;
    const field = (opcode >>> 8) & 31;
    const optional = (this.exec >>> 30) & 1;
    const delayBits = 5 - sideCount;
    if (sideCount && (!optional || field & 16)) {
      this.sideSet((field >>> delayBits) & ((1 << (sideCount - optional)) - 1), sideCount - optional);
    }
    this.delay = field & ((1 << delayBits) - 1);
    if (this.autopull && opcode >>> 13 !== 3) this.refill();
    this.attempt(opcode, time, advances);
  }

  /** Carry an instruction out, or stall on it. */
  attempt(opcode, time, advances) {
    this.stall = STALL.NONE;
    this.jumpedTo = -1;
    this.unfinished = opcode;
    this.advances = advances;
    this.run(opcode, time);
    if (this.stall) this.next = Infinity;
    else this.finish(time, advances);
  }

  /** The instruction is complete: on to the next one. */
  finish(time, advances) {
    this.next = this.enabled ? time + (1 + this.delay) * this.divider : Infinity;
    if (this.jumpedTo >= 0) {
      const back = this.jumpedTo <= this.pc;
      this.pc = this.jumpedTo;
      if (back) this.loop.arrived();
    } else if (advances) {
      if (this.pc === this.wrapTop) {
        this.pc = this.wrapBottom;
        this.loop.arrived();
      } else {
        this.pc = (this.pc + 1) & 31;
      }
    }
  }

  // --- instructions ---

  run(opcode, time) {
    const arg = opcode & 0xff;
    switch (opcode >>> 13) {
      case 0:
        if (this.jumps(arg >>> 5, time)) this.jumpedTo = arg & 31;
        break;
      case 1:
        this.wait(arg, time);
        break;
      case 2:
        this.in(arg >>> 5, arg & 31 || 32, time);
        break;
      case 3:
        this.out(arg >>> 5, arg & 31 || 32);
        break;
      case 4:
        if (arg & 0x80) this.pull((arg & 0x40) !== 0, (arg & 0x20) !== 0);
        else this.push((arg & 0x40) !== 0, (arg & 0x20) !== 0);
        break;
      case 5:
        this.mov(arg >>> 5, (arg >>> 3) & 3, arg & 7, time);
        break;
      case 6:
        this.irq(arg);
        break;
      default:
        this.set(arg >>> 5, arg & 31);
    }
  }

  jumps(condition, time) {
    switch (condition) {
      case 0:
        return true;
      case 1:
        this.loop.sawX();
        return this.x === 0;
      case 2:
        this.x = (this.x - 1) | 0;
        return this.x !== -1;
      case 3:
        this.loop.sawY();
        return this.y === 0;
      case 4:
        this.y = (this.y - 1) | 0;
        return this.y !== -1;
      case 5:
        this.loop.sawX();
        this.loop.sawY();
        return this.x !== this.y;
      case 6:
        return ((this.inputs(time) >>> this.jmpPin) & 1) === 1;
      default:
        return this.osrCount < this.pullThreshold;
    }
  }

  wait(arg, time) {
    const wanted = arg >>> 7;
    const source = (arg >>> 5) & 3;
    if (source === 2) {
      const bit = 1 << this.irqNumber(arg & 31);
      this.loop.sawOutside();
      if ((this.block.irq & bit ? 1 : 0) !== wanted) this.stall = STALL.IRQ;
      else if (wanted) this.block.setIrq(this.block.irq & ~bit);
      return;
    }
    const pin = source === 0 ? arg & 31 : ((arg & 31) + this.inBase) & 31;
    if (((this.inputs(time) >>> pin) & 1) !== wanted) this.stall = STALL.PIN;
  }

  in(source, count, time) {
    const value = this.source(source, time);
    if (this.shift & (1 << 18)) {
      this.isr = count === 32 ? value : (this.isr >>> count) | (value << (32 - count));
    } else {
      this.isr = count === 32 ? value : (this.isr << count) | (value & ((1 << count) - 1));
    }
    this.isrCount = Math.min(32, this.isrCount + count);
    if (this.autopush && this.isrCount >= this.pushThreshold) this.pushIsr(true);
  }

  out(destination, count) {
    if (this.autopull && this.osrCount >= this.pullThreshold) {
      if (this.tx.empty) {
        this.block.txStalled(this);
        this.stall = STALL.TX;
        return;
      }
      this.refill();
    }
    let value;
    if (this.shift & (1 << 19)) {
      value = count === 32 ? this.osr : this.osr & ((1 << count) - 1);
      this.osr = count === 32 ? 0 : this.osr >>> count;
    } else {
      value = count === 32 ? this.osr : this.osr >>> (32 - count);
      this.osr = count === 32 ? 0 : this.osr << count;
    }
    this.osr |= 0;
    this.osrCount = Math.min(32, this.osrCount + count);
    this.put(destination, value | 0, count);
    if (this.autopull) this.refill();
  }

  /** With autopull, an empty OSR fills itself as soon as there is a word. */
  refill() {
    if (this.osrCount < this.pullThreshold || this.tx.empty) return;
    this.osr = this.tx.pull();
    this.osrCount = 0;
    this.block.fifoMoved(this);
  }

  pull(ifEmpty, block) {
    if (ifEmpty && this.osrCount < this.pullThreshold) return;
    if (this.autopull && this.osrCount === 0) return;
    this.loop.sawFifo();
    if (!this.tx.empty) {
      this.osr = this.tx.pull();
      this.osrCount = 0;
      this.block.fifoMoved(this);
    } else {
      this.block.txStalled(this);
      if (block) {
        this.stall = STALL.TX;
      } else {
        this.loop.sawX();
        this.osr = this.x;
        this.osrCount = 0;
      }
    }
  }

  push(ifFull, block) {
    if (ifFull && this.isrCount < this.pushThreshold) return;
    this.pushIsr(block);
  }

  pushIsr(block) {
    if (this.rx.full) {
      this.block.rxStalled(this);
      if (block) {
        this.stall = STALL.RX;
        this.unfinished = PUSH; // what is left to do of an IN with autopush, too
        return;
      }
    } else {
      this.rx.push(this.isr);
      this.block.fifoMoved(this);
    }
    this.isr = 0;
    this.isrCount = 0;
  }

  mov(destination, operation, source, time) {
    let value = source === 5 ? this.status() : this.source(source, time);
    if (operation === 1) value = ~value;
    else if (operation === 2) value = reversed(value);
    switch (destination) {
      case 4:
        this.forced = value & 0xffff;
        break;
      case 6:
        this.isr = value;
        this.isrCount = 0;
        break;
      case 7:
        this.osr = value;
        this.osrCount = 0;
        break;
      case 3:
        break;
      default:
        this.put(destination, value, 32);
    }
  }

  status() {
    this.loop.sawFifo();
    const fifo = this.exec & 16 ? this.rx : this.tx;
    return fifo.count < (this.exec & 15) ? -1 : 0;
  }

  irq(arg) {
    const bit = 1 << this.irqNumber(arg & 31);
    this.loop.sawOutside();
    if (arg & 0x40) {
      this.block.setIrq(this.block.irq & ~bit);
    } else if (this.irqRaised === bit) {
      if (this.block.irq & bit) this.stall = STALL.IRQ;
      else this.irqRaised = 0;
    } else {
      this.block.setIrq(this.block.irq | bit);
      if (arg & 0x20) {
        this.irqRaised = bit;
        this.stall = STALL.IRQ;
      }
    }
  }

  set(destination, value) {
    const block = this.block;
    const base = (this.pins >>> 5) & 31;
    const count = (this.pins >>> 26) & 7;
    if (destination === 0) block.setPins(base, count, value);
    else if (destination === 1) this.x = value;
    else if (destination === 2) this.y = value;
    else if (destination === 4) block.setDirections(base, count, value);
  }

  sideSet(value, count) {
    const base = (this.pins >>> 10) & 31;
    if (this.exec & (1 << 29)) this.block.setDirections(base, count, value);
    else this.block.setPins(base, count, value);
  }
}
