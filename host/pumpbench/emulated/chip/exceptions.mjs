// Exceptions of the core: which one is pending, which may be taken, and what taking it and returning from it
// does. The fields that rp2040js's peripherals touch keep the names that they have there.

import { LR, PC, Registers, SP } from './registers.mjs';

const LOWEST_PRIORITY = 4;
const [HARD_FAULT, SVCALL, PENDSV, SYSTICK] = [3, 11, 14, 15];
const LAST_HARDWARE_IRQ = 25;
const ENTRY_CYCLES = 15;
const RETURN_CYCLES = 13;

export class Exceptions extends Registers {
  /** @param mcu rp2040js's chip, for the frames on the stack. @param clock its `cycles` are moved on. */
  constructor(mcu, clock) {
    super();
    this.mcu = mcu;
    this.clock = clock;
    this.limit = 0; // the core looks up at this cycle; whoever wants it to look at once sets it to 0
    this.waiting = false; // asleep
    this.eventRegistered = false;
    this.interruptNMIMask = 0;
    this.pendingInterrupts = 0;
    this.enabledInterrupts = 0;
    this.interruptPriorities = [0xffffffff, 0, 0, 0];
    this.pendingNMI = false;
    this.pendingPendSV = false;
    this.pendingSVCall = false;
    this.pendingSystick = false;
    this.VTOR = 0;
    this.SHPR2 = 0;
    this.SHPR3 = 0;
    this.onFault = () => {}; // (what) a hard fault is being taken
  }

  setInterrupt(irq, value) {
    const bit = 1 << irq;
    if (!value) {
      this.pendingInterrupts &= ~bit;
    } else if (!(this.pendingInterrupts & bit)) {
      this.pendingInterrupts |= bit;
      this.interruptsUpdated = true;
      this.limit = 0;
      if (this.waiting && this.wakes()) this.waiting = false;
    }
  }

  exceptionPriority(number) {
    if (number === 0) return LOWEST_PRIORITY;
    if (number < SVCALL) return number - 4;
    if (number === SVCALL) return this.SHPR2 >>> 30;
    if (number === PENDSV) return (this.SHPR3 >>> 22) & 3;
    if (number === SYSTICK) return this.SHPR3 >>> 30;
    const bit = 1 << (number - 16);
    return this.interruptPriorities.findIndex((mask) => mask & bit);
  }

  /** The exception that is pending with the highest priority above `priority`, 0 for none. */
  pendingAbove(priority) {
    const interrupts = this.pendingInterrupts & this.enabledInterrupts;
    if (!interrupts && !this.pendingSVCall && !this.pendingPendSV && !this.pendingSystick) return 0;
    for (let level = 0; level < priority; level++) {
      if (this.pendingSVCall && level === this.SHPR2 >>> 30) return SVCALL;
      if (this.pendingPendSV && level === ((this.SHPR3 >>> 22) & 3)) return PENDSV;
      if (this.pendingSystick && level === this.SHPR3 >>> 30) return SYSTICK;
      const here = interrupts & this.interruptPriorities[level];
      if (here) return 16 + 31 - Math.clz32(here & -here);
    }
    return 0;
  }

  get vectPending() {
    return this.pendingAbove(LOWEST_PRIORITY);
  }

  /** Whether something pending would be taken, were it not for PRIMASK: that ends a sleep. */
  wakes() {
    return this.pendingAbove(this.exceptionPriority(this.IPSR)) !== 0;
  }

  /** Wait for an interrupt, unless one is there. */
  sleep() {
    if (this.wakes()) return;
    this.waiting = true;
    this.limit = 0;
  }

  callSupervisor() {
    this.pendingSVCall = true;
    this.interruptsUpdated = true;
    this.limit = 0;
  }

  takeInterrupt() {
    this.interruptsUpdated = false;
    if (this.masked) return;
    const number = this.pendingAbove(this.exceptionPriority(this.IPSR));
    if (!number) return;
    if (number === SVCALL) this.pendingSVCall = false;
    else if (number === PENDSV) this.pendingPendSV = false;
    else if (number === SYSTICK) this.pendingSystick = false;
    else if (number - 16 > LAST_HARDWARE_IRQ) this.pendingInterrupts &= ~(1 << (number - 16));
    this.enterException(number);
  }

  enterException(number) {
    const { registers: r, mcu } = this;
    const fromThread = this.IPSR === 0;
    const aligned = r[SP] & 4 ? 1 << 9 : 0;
    const frame = (r[SP] - 32) & ~7;
    const frameWords = [r[0], r[1], r[2], r[3], r[12], r[LR], r[PC], (this.psr() & ~(1 << 9)) | aligned];
    frameWords.forEach((word, i) => mcu.writeUint32((frame + 4 * i) >>> 0, word));
    r[SP] = frame;
    r[LR] = fromThread ? (this.usesPSP ? 0xfffffffd : 0xfffffff9) : 0xfffffff1;
    this.switchStack(false);
    this.IPSR = number;
    this.eventRegistered = true;
    this.waiting = false;
    r[PC] = mcu.readUint32(this.VTOR + 4 * number) & ~1;
    this.clock.cycles += ENTRY_CYCLES;
  }

  /** Whether a branch to `target` ends the exception being served. */
  endsException(target) {
    return target >>> 28 === 15 && this.IPSR !== 0;
  }

  returnFromException(code) {
    const { registers: r, mcu } = this;
    this.switchStack((code & 0xf) === 0xd);
    const frame = r[SP];
    const word = (i) => mcu.readUint32((frame + 4 * i) >>> 0);
    for (let i = 0; i < 4; i++) r[i] = word(i);
    r[12] = word(4);
    r[LR] = word(5);
    r[PC] = word(6) & ~1;
    const psr = word(7);
    r[SP] = (frame + 32) | (psr & (1 << 9) ? 4 : 0);
    this.setApsr(psr);
    this.IPSR = psr & 0x3f;
    this.eventRegistered = true;
    this.interruptsUpdated = true;
    this.limit = 0;
    this.clock.cycles += RETURN_CYCLES;
  }

  fault(what) {
    this.onFault(what);
    this.enterException(HARD_FAULT);
  }
}
