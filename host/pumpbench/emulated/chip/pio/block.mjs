// A PIO block as the processor sees it: its registers, FIFOs, interrupt flags and pins.

import { Machine } from './machine.mjs';
import { STALL } from './operands.mjs';

const [CTRL, FSTAT, FDEBUG, FLEVEL] = [0x00, 0x04, 0x08, 0x0c];
const [TXF0, RXF0, IRQ, IRQ_FORCE] = [0x10, 0x20, 0x30, 0x34];
const [SYNC_BYPASS, DBG_PADOUT, DBG_PADOE, DBG_CFGINFO] = [0x38, 0x3c, 0x40, 0x44];
const [MEM0, SM0, SM_END] = [0x48, 0xc8, 0x128];
const [INTR, INTE0, INTF0, INTS0, INTE1, INTF1, INTS1] = [0x128, 0x12c, 0x130, 0x134, 0x138, 0x13c, 0x140];
const SM_SIZE = 0x18;
const FIRST_DREQ = [0, 8]; // of each block: four for TX, then four for RX
const [FJOIN_TX, FJOIN_RX] = [1 << 30, 1 << 31];
const OLD_VALUE = { 1: (o, v) => o ^ v, 2: (o, v) => o | v, 3: (o, v) => o & ~v };

export class Block {
  /** @param pios both blocks; `pios.sync()` brings them up to now before a register is touched. */
  constructor(mcu, pads, pios, index, firstInterrupt) {
    Object.assign(this, { mcu, pads, pios, index, firstInterrupt });
    this.instructions = new Uint16Array(32);
    this.pinValues = 0;
    this.pinDirections = 0;
    this.irq = 0;
    this.inte = [0, 0];
    this.intf = [0, 0];
    this.debug = 0;
    this.syncBypass = 0;
    this.version = 0; // grows whenever something changes that another machine can see
    this.machines = [0, 1, 2, 3].map((i) => new Machine(this, i));
    for (const machine of this.machines) this.updateDreq(machine);
  }

  get anyInterrupt() {
    return (this.inte[0] | this.inte[1]) !== 0;
  }

  /** Whether some machine goes on without the processor: it does not wait for a word or a flag. */
  get isAwake() {
    return this.machines.some((machine) => machine.next < Infinity || machine.stall === STALL.PIN);
  }

  // --- what the machines do to the outside ---

  setPins(base, count, value) {
    const values = merged(this.pinValues, base, count, value);
    if (values === this.pinValues) return;
    const changed = values ^ this.pinValues;
    this.pinValues = values;
    this.showPins(changed);
  }

  setDirections(base, count, value) {
    const directions = merged(this.pinDirections, base, count, value);
    if (directions === this.pinDirections) return;
    const changed = directions ^ this.pinDirections;
    this.pinDirections = directions;
    this.showPins(changed);
  }

  showPins(changed) {
    this.version++;
    for (let i = 0; i < 30; i++) {
      if (changed & (1 << i)) this.pads.refresh(this.mcu.gpio[i]);
    }
  }

  setIrq(flags) {
    if (flags === this.irq) return;
    this.irq = flags;
    this.version++;
    this.checkInterrupts();
    const now = this.pios.now();
    for (const machine of this.machines) if (machine.stall === STALL.IRQ) machine.wake(now);
  }

  fifoMoved(machine) {
    this.version++;
    this.updateDreq(machine);
    this.checkInterrupts();
  }

  txStalled(machine) {
    this.debug |= 1 << (24 + machine.index);
  }

  rxStalled(machine) {
    this.debug |= 1 << machine.index;
  }

  updateDreq(machine) {
    const { dma } = this.mcu;
    const tx = FIRST_DREQ[this.index] + machine.index;
    if (machine.tx.full) dma.clearDREQ(tx);
    else dma.setDREQ(tx);
    if (machine.rx.empty) dma.clearDREQ(tx + 4);
    else dma.setDREQ(tx + 4);
  }

  raw() {
    let raw = (this.irq & 0xf) << 8;
    for (const { tx, rx, index } of this.machines) {
      if (!tx.full) raw |= 0x10 << index;
      if (!rx.empty) raw |= 1 << index;
    }
    return raw;
  }

  checkInterrupts() {
    const raw = this.raw();
    for (const line of [0, 1]) {
      const on = ((raw & this.inte[line]) | this.intf[line]) !== 0;
      this.mcu.setInterrupt(this.firstInterrupt + line, on);
    }
  }

  // --- registers ---

  readUint32(offset) {
    this.pios.sync();
    offset &= 0xfff;
    if (offset >= SM0 && offset < SM_END) return this.readMachine(offset - SM0);
    if (offset >= RXF0 && offset < RXF0 + 16) return this.readFifo(this.machines[(offset - RXF0) >> 2]);
    const sum = (bits) => this.machines.reduce((all, machine) => all | bits(machine), 0);
    switch (offset) {
      case CTRL:
        return sum((m) => (m.enabled ? 1 << m.index : 0));
      case FSTAT:
        return sum(({ tx, rx, index }) =>
          ((tx.empty ? 1 << 24 : 0) | (tx.full ? 1 << 16 : 0) | (rx.empty ? 1 << 8 : 0) | (rx.full ? 1 : 0))
            << index);
      case FDEBUG:
        return this.debug;
      case FLEVEL:
        return sum((m) => (m.tx.count | (m.rx.count << 4)) << (8 * m.index));
      case IRQ:
        return this.irq;
      case SYNC_BYPASS:
        return this.syncBypass;
      case DBG_PADOUT:
        return this.pinValues;
      case DBG_PADOE:
        return this.pinDirections;
      case DBG_CFGINFO:
        return 0x200404;
      case INTR:
        return this.raw();
      case INTE0:
      case INTE1:
        return this.inte[offset === INTE1 ? 1 : 0];
      case INTF0:
      case INTF1:
        return this.intf[offset === INTF1 ? 1 : 0];
      case INTS0:
        return (this.raw() & this.inte[0]) | this.intf[0];
      case INTS1:
        return (this.raw() & this.inte[1]) | this.intf[1];
      default:
        return 0;
    }
  }

  writeUint32Atomic(offset, value, alias) {
    this.pios.sync();
    const clears = offset === IRQ || offset === FDEBUG; // a 1 clears, through whatever alias
    const whole = alias && !clears ? OLD_VALUE[alias](this.readUint32(offset), value) : value;
    this.write(offset, whole | 0);
    this.touched();
  }

  touched() {
    this.pios.changed();
    if (this.anyInterrupt) this.pios.onTouched();
  }

  writeUint32(offset, value) {
    this.writeUint32Atomic(offset, value, 0);
  }

  write(offset, value) {
    this.version++;
    if (offset >= MEM0 && offset < SM0) {
      this.instructions[(offset - MEM0) >> 2] = value & 0xffff;
    } else if (offset >= SM0 && offset < SM_END) {
      this.writeMachine(offset - SM0, value);
    } else if (offset >= TXF0 && offset < TXF0 + 16) {
      this.writeFifo(this.machines[(offset - TXF0) >> 2], value);
    } else {
      this.writeShared(offset, value);
    }
  }

  writeShared(offset, value) {
    switch (offset) {
      case CTRL:
        this.control(value);
        break;
      case FDEBUG:
        this.debug &= ~value;
        break;
      case IRQ:
        this.setIrq(this.irq & ~value);
        break;
      case IRQ_FORCE:
        this.setIrq(this.irq | (value & 0xff));
        break;
      case SYNC_BYPASS:
        this.syncBypass = value;
        break;
      case INTE0:
      case INTE1:
        this.inte[offset === INTE1 ? 1 : 0] = value & 0xfff;
        this.checkInterrupts();
        break;
      case INTF0:
      case INTF1:
        this.intf[offset === INTF1 ? 1 : 0] = value & 0xfff;
        this.checkInterrupts();
        break;
    }
  }

  /** CTRL: which machines run, which restart, whose clock divider begins anew. */
  control(value) {
    const now = this.pios.now();
    this.machines.forEach((machine, i) => {
      if (value & (0x10 << i)) machine.restart();
      if (value & (0x100 << i)) machine.phase = now;
      machine.enable((value & (1 << i)) !== 0, now);
    });
  }

  readMachine(offset) {
    const machine = this.machines[Math.floor(offset / SM_SIZE)];
    switch (offset % SM_SIZE) {
      case 0x00:
        return machine.divider << 8;
      case 0x04:
        return (machine.exec & 0x7fffffff) | (machine.stall && !machine.advances ? 1 << 31 : 0);
      case 0x08:
        return machine.shift;
      case 0x0c:
        return machine.pc;
      case 0x10:
        return this.instructions[machine.pc];
      default:
        return machine.pins;
    }
  }

  writeMachine(offset, value) {
    const machine = this.machines[Math.floor(offset / SM_SIZE)];
    machine.loop.forget();
    switch (offset % SM_SIZE) {
      case 0x00:
        machine.divider = (value >>> 16 || 65536) * 256 + ((value >>> 8) & 0xff);
        break;
      case 0x04:
        machine.exec = value & 0x7fffffff;
        break;
      case 0x08:
        this.setShift(machine, value);
        break;
      case 0x10:
        machine.force(value & 0xffff, this.pios.now());
        break;
      case 0x14:
        machine.pins = value >>> 0;
        break;
    }
  }

  setShift(machine, value) {
    const joins = (FJOIN_TX | FJOIN_RX) & (value ^ machine.shift);
    machine.shift = value;
    if (joins) {
      machine.tx.resize(value & FJOIN_TX ? 8 : value & FJOIN_RX ? 0 : 4);
      machine.rx.resize(value & FJOIN_RX ? 8 : value & FJOIN_TX ? 0 : 4);
      this.fifoMoved(machine);
    }
  }

  writeFifo(machine, value) {
    if (machine.tx.full) {
      this.debug |= 1 << (16 + machine.index);
      return;
    }
    machine.tx.push(value);
    this.fifoMoved(machine);
    if (machine.stall === STALL.TX) machine.wake(this.pios.now());
  }

  readFifo(machine) {
    if (machine.rx.empty) {
      this.debug |= 1 << (8 + machine.index);
      return 0;
    }
    const word = machine.rx.pull();
    this.fifoMoved(machine);
    if (machine.stall === STALL.RX) machine.wake(this.pios.now());
    this.touched();
    return word;
  }
}

/** `old` with `count` bits from `base` on, which wrap around after bit 31, taken from `value`. */
function merged(old, base, count, value) {
  const ones = count >= 32 ? -1 : (1 << count) - 1;
  const turn = (bits) => (base ? (bits << base) | (bits >>> (32 - base)) : bits);
  return (old & ~turn(ones)) | turn(value & ones);
}
