// The Cortex-M0+ core: instructions, exceptions, sleep. It takes the place of rp2040js's own, which is three
// times slower and counts no cycles for exceptions; the fields that rp2040js's peripherals touch keep their
// names. Cycle counts are those of the Cortex-M0+ technical reference manual (r0p1, table 3-1, single-cycle
// multiplier), with rp2040js's wait states for the peripherals. Flash counts as if it were always cached.

const SRAM_SIZE = 264 * 1024;
const LOWEST_PRIORITY = 4;
const [HARD_FAULT, SVCALL, PENDSV, SYSTICK] = [3, 11, 14, 15];
const LAST_HARDWARE_IRQ = 25;
const ENTRY_CYCLES = 15;
const RETURN_CYCLES = 13;
const [SP, LR, PC] = [13, 14, 15];

export class Core {
  /** @param mcu rp2040js's chip: its memories and peripherals. @param clock its `cycles` are moved on. */
  constructor(mcu, clock) {
    this.mcu = mcu;
    this.clock = clock;
    this.registers = new Int32Array(16);
    this.bankedSP = 0; // the stack pointer that is not in use
    this.limit = 0; // `run` returns at this cycle; whoever sets an earlier alarm lowers it
    this.cycles = 0; // written by rp2040js's divider, read by nobody
    this.nz = 1; // a number whose sign is N and whose zeroness is Z
    this.carry = 0;
    this.overflow = 0;
    this.masked = false; // PRIMASK
    this.usesPSP = false;
    this.IPSR = 0;
    this.waiting = false;
    this.stopped = false; // `run` returns after this instruction
    this.faulted = null; // why the instruction under way cannot be carried out
    this.eventRegistered = false;
    this.interruptNMIMask = 0;
    this.pendingInterrupts = 0;
    this.enabledInterrupts = 0;
    this.interruptPriorities = [0xffffffff, 0, 0, 0];
    this.pendingNMI = false;
    this.pendingPendSV = false;
    this.pendingSVCall = false;
    this.pendingSystick = false;
    this.interruptsUpdated = false;
    this.VTOR = 0;
    this.SHPR2 = 0;
    this.SHPR3 = 0;
    this.onBreak = () => {}; // (number) a BKPT instruction
    this.onFault = () => {}; // (what) a hard fault is being taken
  }

  /** Begin at an address, as after reset. */
  start(stackPointer, address) {
    this.registers[SP] = stackPointer;
    this.registers[PC] = address & ~1;
  }

  get PC() {
    return this.registers[PC] >>> 0;
  }

  set PC(address) {
    this.registers[PC] = address;
  }

  // --- interrupts ---

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
    this.clock.cycles += RETURN_CYCLES;
  }

  switchStack(toProcess) {
    if (toProcess === this.usesPSP) return;
    const other = this.bankedSP;
    this.bankedSP = this.registers[SP];
    this.registers[SP] = other;
    this.usesPSP = toProcess;
  }

  fault(what) {
    this.onFault(what);
    this.enterException(HARD_FAULT);
  }

  // --- special registers ---

  psr() {
    const z = this.nz === 0 ? 0x40000000 : 0;
    return (this.nz & 0x80000000) | z | (this.carry << 29) | (this.overflow << 28) | (1 << 24) | this.IPSR;
  }

  setApsr(value) {
    this.nz = value & 0x40000000 ? 0 : value & 0x80000000 ? -1 : 1;
    this.carry = (value >>> 29) & 1;
    this.overflow = (value >>> 28) & 1;
  }

  readSpecial(number) {
    switch (number) {
      case 0:
        return this.psr() & 0xf0000000;
      case 3:
        return this.psr();
      case 5:
        return this.IPSR;
      case 8:
        return this.usesPSP ? this.bankedSP : this.registers[SP];
      case 9:
        return this.usesPSP ? this.registers[SP] : this.bankedSP;
      case 16:
        return this.masked ? 1 : 0;
      case 20:
        return this.usesPSP ? 2 : 0;
      default:
        return 0;
    }
  }

  writeSpecial(number, value) {
    switch (number) {
      case 0:
      case 3:
        this.setApsr(value);
        break;
      case 8:
      case 9:
        if ((number === 9) === this.usesPSP) this.registers[SP] = value & ~3;
        else this.bankedSP = value & ~3;
        break;
      case 16:
        this.masked = (value & 1) === 1;
        this.interruptsUpdated = true;
        break;
      case 20:
        if (this.IPSR === 0) this.switchStack((value & 2) !== 0);
        break;
    }
  }

  // --- memory beyond RAM and flash: peripherals, which need to see the time ---

  readSlow(address, size, cycle) {
    this.clock.cycles = cycle;
    address >>>= 0;
    if (address & (size - 1)) return this.unaligned(address);
    if (size === 4) return this.mcu.readUint32(address) | 0;
    return size === 2 ? this.mcu.readUint16(address) : this.mcu.readUint8(address);
  }

  writeSlow(address, size, value, cycle) {
    this.clock.cycles = cycle;
    address >>>= 0;
    if (address & (size - 1)) this.unaligned(address);
    else if (size === 4) this.mcu.writeUint32(address, value >>> 0);
    else if (size === 2) this.mcu.writeUint16(address, value & 0xffff);
    else this.mcu.writeUint8(address, value & 0xff);
  }

  unaligned(address) {
    this.faulted = `unaligned access to 0x${address.toString(16)}`;
    this.limit = 0;
    return 0;
  }

  // --- instructions ---

  /** Run until cycle `until`, or earlier when an interrupt or an alarm wants attention; not while asleep. */
  run(until) {
    const { clock, mcu } = this;
    const r = this.registers;
    const ram8 = mcu.sram;
    const ram16 = this.ram16 ?? (this.ram16 = new Uint16Array(mcu.sram.buffer));
    const ram32 = this.ram32 ?? (this.ram32 = new Int32Array(mcu.sram.buffer));
    const flash8 = mcu.flash;
    const flash16 = mcu.flash16;
    const flash32 = this.flash32 ?? (this.flash32 = new Int32Array(mcu.flash.buffer));
    const rom16 = this.rom16 ?? (this.rom16 = new Uint16Array(mcu.bootrom.buffer));

    const load32 = (address, cycle) => {
      const top = address >>> 24;
      if (!(address & 3)) {
        if (top === 0x20 && (address & 0xffffff) < SRAM_SIZE) return ram32[(address & 0xffffff) >>> 2];
        if (top >= 0x10 && top < 0x14) return flash32[(address & 0xffffff) >>> 2];
      }
      return this.readSlow(address, 4, cycle);
    };
    const load16 = (address, cycle) => {
      const top = address >>> 24;
      if (!(address & 1)) {
        if (top === 0x20 && (address & 0xffffff) < SRAM_SIZE) return ram16[(address & 0xffffff) >>> 1];
        if (top >= 0x10 && top < 0x14) return flash16[(address & 0xffffff) >>> 1];
      }
      return this.readSlow(address, 2, cycle);
    };
    const load8 = (address, cycle) => {
      const top = address >>> 24;
      if (top === 0x20 && (address & 0xffffff) < SRAM_SIZE) return ram8[address & 0xffffff];
      if (top >= 0x10 && top < 0x14) return flash8[address & 0xffffff];
      return this.readSlow(address, 1, cycle);
    };
    const store32 = (address, value, cycle) => {
      if (address >>> 24 === 0x20 && (address & 0xffffff) < SRAM_SIZE && !(address & 3)) {
        ram32[(address & 0xffffff) >>> 2] = value;
      } else {
        this.writeSlow(address, 4, value, cycle);
      }
    };
    const store16 = (address, value, cycle) => {
      if (address >>> 24 === 0x20 && (address & 0xffffff) < SRAM_SIZE && !(address & 1)) {
        ram16[(address & 0xffffff) >>> 1] = value;
      } else {
        this.writeSlow(address, 2, value, cycle);
      }
    };
    const store8 = (address, value, cycle) => {
      if (address >>> 24 === 0x20 && (address & 0xffffff) < SRAM_SIZE) {
        ram8[address & 0xffffff] = value;
      } else {
        this.writeSlow(address, 1, value, cycle);
      }
    };

    this.stopped = false;
    while (clock.cycles < until && !this.waiting && !this.stopped) {
      if (this.interruptsUpdated) this.takeInterrupt();
      this.limit = Math.min(until, clock.due);
      if (clock.cycles >= this.limit) break;

      // All that changes with every instruction is kept in locals, and put back where others can see it.
      let pc = r[PC];
      let cycle = clock.cycles;
      let { nz, carry: c, overflow: v } = this;

      while (cycle < this.limit) {
        const area = pc >>> 24;
        const op =
          area === 0x10
            ? flash16[(pc & 0xffffff) >>> 1]
            : area === 0x20
              ? ram16[(pc & 0xfffff) >>> 1]
              : area === 0
                ? rom16[pc >>> 1]
                : 0xde00;
        const rd = op & 7;
        const rn = (op >>> 3) & 7;
        let next = pc + 2;
        let spent = 1;

        switch (op >>> 8) {
          // LSLS (immediate), MOVS (register)
          case 0x00: case 0x01: case 0x02: case 0x03: case 0x04: case 0x05: case 0x06: case 0x07: {
            const n = (op >>> 6) & 31;
            const a = r[rn];
            if (n) c = (a >>> (32 - n)) & 1;
            nz = r[rd] = a << n;
            break;
          }
          // LSRS (immediate)
          case 0x08: case 0x09: case 0x0a: case 0x0b: case 0x0c: case 0x0d: case 0x0e: case 0x0f: {
            const n = (op >>> 6) & 31;
            const a = r[rn];
            c = (n ? a >>> (n - 1) : a >>> 31) & 1;
            nz = r[rd] = n ? a >>> n : 0;
            break;
          }
          // ASRS (immediate)
          case 0x10: case 0x11: case 0x12: case 0x13: case 0x14: case 0x15: case 0x16: case 0x17: {
            const n = (op >>> 6) & 31 || 32;
            const a = r[rn];
            c = (a >> Math.min(n - 1, 31)) & 1;
            nz = r[rd] = a >> Math.min(n, 31);
            break;
          }
          // ADDS (register)
          case 0x18: case 0x19: {
            const a = r[rn];
            const b = r[(op >>> 6) & 7];
            nz = (a + b) | 0;
            r[rd] = nz;
            c = nz >>> 0 < a >>> 0 ? 1 : 0;
            v = ((a ^ nz) & (b ^ nz)) >>> 31;
            break;
          }
          // SUBS (register)
          case 0x1a: case 0x1b: {
            const a = r[rn];
            const b = r[(op >>> 6) & 7];
            nz = (a - b) | 0;
            r[rd] = nz;
            c = a >>> 0 >= b >>> 0 ? 1 : 0;
            v = ((a ^ b) & (a ^ nz)) >>> 31;
            break;
          }
          // ADDS (3-bit immediate)
          case 0x1c: case 0x1d: {
            const a = r[rn];
            const b = (op >>> 6) & 7;
            nz = (a + b) | 0;
            r[rd] = nz;
            c = nz >>> 0 < a >>> 0 ? 1 : 0;
            v = ((a ^ nz) & (b ^ nz)) >>> 31;
            break;
          }
          // SUBS (3-bit immediate)
          case 0x1e: case 0x1f: {
            const a = r[rn];
            const b = (op >>> 6) & 7;
            nz = (a - b) | 0;
            r[rd] = nz;
            c = a >>> 0 >= b ? 1 : 0;
            v = ((a ^ b) & (a ^ nz)) >>> 31;
            break;
          }
          // MOVS (immediate)
          case 0x20: case 0x21: case 0x22: case 0x23: case 0x24: case 0x25: case 0x26: case 0x27:
            nz = r[(op >>> 8) & 7] = op & 0xff;
            break;
          // CMP (immediate)
          case 0x28: case 0x29: case 0x2a: case 0x2b: case 0x2c: case 0x2d: case 0x2e: case 0x2f: {
            const a = r[(op >>> 8) & 7];
            const b = op & 0xff;
            nz = (a - b) | 0;
            c = a >>> 0 >= b ? 1 : 0;
            v = ((a ^ b) & (a ^ nz)) >>> 31;
            break;
          }
          // ADDS (8-bit immediate)
          case 0x30: case 0x31: case 0x32: case 0x33: case 0x34: case 0x35: case 0x36: case 0x37: {
            const a = r[(op >>> 8) & 7];
            const b = op & 0xff;
            nz = (a + b) | 0;
            r[(op >>> 8) & 7] = nz;
            c = nz >>> 0 < a >>> 0 ? 1 : 0;
            v = ((a ^ nz) & (b ^ nz)) >>> 31;
            break;
          }
          // SUBS (8-bit immediate)
          case 0x38: case 0x39: case 0x3a: case 0x3b: case 0x3c: case 0x3d: case 0x3e: case 0x3f: {
            const a = r[(op >>> 8) & 7];
            const b = op & 0xff;
            nz = (a - b) | 0;
            r[(op >>> 8) & 7] = nz;
            c = a >>> 0 >= b ? 1 : 0;
            v = ((a ^ b) & (a ^ nz)) >>> 31;
            break;
          }
          // data processing between low registers
          case 0x40: case 0x41: case 0x42: case 0x43: {
            const a = r[rd];
            const b = r[rn];
            switch ((op >>> 6) & 15) {
              case 0: // ANDS
                nz = r[rd] = a & b;
                break;
              case 1: // EORS
                nz = r[rd] = a ^ b;
                break;
              case 2: { // LSLS
                const n = b & 0xff;
                if (n) c = n > 32 ? 0 : (n === 32 ? a : a >>> (32 - n)) & 1;
                nz = r[rd] = n > 31 ? 0 : a << n;
                break;
              }
              case 3: { // LSRS
                const n = b & 0xff;
                if (n) c = n > 32 ? 0 : (a >>> (n - 1)) & 1;
                r[rd] = n > 31 ? 0 : a >>> n;
                nz = r[rd];
                break;
              }
              case 4: { // ASRS
                const n = b & 0xff;
                if (n) c = (a >> Math.min(n - 1, 31)) & 1;
                nz = r[rd] = a >> Math.min(n, 31);
                break;
              }
              case 5: { // ADCS
                const sum = (a >>> 0) + (b >>> 0) + c;
                nz = sum | 0;
                r[rd] = nz;
                c = sum > 0xffffffff ? 1 : 0;
                v = ((a ^ nz) & (b ^ nz)) >>> 31;
                break;
              }
              case 6: { // SBCS
                const sum = (a >>> 0) + (~b >>> 0) + c;
                nz = sum | 0;
                r[rd] = nz;
                c = sum > 0xffffffff ? 1 : 0;
                v = ((a ^ b) & (a ^ nz)) >>> 31;
                break;
              }
              case 7: { // RORS
                const n = b & 0xff;
                nz = a;
                if (n) {
                  const turn = n & 31;
                  nz = turn ? (a >>> turn) | (a << (32 - turn)) : a;
                  r[rd] = nz;
                  c = nz >>> 31;
                }
                break;
              }
              case 8: // TST
                nz = a & b;
                break;
              case 9: // RSBS
                nz = -b | 0;
                r[rd] = nz;
                c = b === 0 ? 1 : 0;
                v = (b & nz) >>> 31;
                break;
              case 10: // CMP
                nz = (a - b) | 0;
                c = a >>> 0 >= b >>> 0 ? 1 : 0;
                v = ((a ^ b) & (a ^ nz)) >>> 31;
                break;
              case 11: // CMN
                nz = (a + b) | 0;
                c = nz >>> 0 < a >>> 0 ? 1 : 0;
                v = ((a ^ nz) & (b ^ nz)) >>> 31;
                break;
              case 12: // ORRS
                nz = r[rd] = a | b;
                break;
              case 13: // MULS
                nz = r[rd] = Math.imul(a, b);
                break;
              case 14: // BICS
                nz = r[rd] = a & ~b;
                break;
              default: // MVNS
                nz = r[rd] = ~b;
            }
            break;
          }
          // ADD (high registers)
          case 0x44: {
            const d = rd | ((op >>> 4) & 8);
            const m = (op >>> 3) & 15;
            const sum = ((d === PC ? pc + 4 : r[d]) + (m === PC ? pc + 4 : r[m])) | 0;
            if (d === PC) {
              next = sum & ~1;
              spent = 2;
            } else {
              r[d] = d === SP ? sum & ~3 : sum;
            }
            break;
          }
          // CMP (high registers)
          case 0x45: {
            const a = r[rd | ((op >>> 4) & 8)];
            const b = r[(op >>> 3) & 15];
            nz = (a - b) | 0;
            c = a >>> 0 >= b >>> 0 ? 1 : 0;
            v = ((a ^ b) & (a ^ nz)) >>> 31;
            break;
          }
          // MOV (high registers)
          case 0x46: {
            const d = rd | ((op >>> 4) & 8);
            const m = (op >>> 3) & 15;
            const value = m === PC ? pc + 4 : r[m];
            if (d === PC) {
              next = value & ~1;
              spent = 2;
            } else {
              r[d] = d === SP ? value & ~3 : value;
            }
            break;
          }
          // BX, BLX
          case 0x47: {
            const target = r[(op >>> 3) & 15];
            if (op & 0x80) r[LR] = (pc + 2) | 1;
            next = target & ~1;
            spent = 2;
            if (target >>> 28 === 15 && this.IPSR) {
              r[PC] = pc;
              this.nz = nz; this.carry = c; this.overflow = v;
              clock.cycles = cycle;
              this.returnFromException(target);
              next = r[PC];
              nz = this.nz; c = this.carry; v = this.overflow;
              cycle = clock.cycles;
              this.limit = 0;
            }
            break;
          }
          // LDR (literal)
          case 0x48: case 0x49: case 0x4a: case 0x4b: case 0x4c: case 0x4d: case 0x4e: case 0x4f: {
            r[(op >>> 8) & 7] = load32(((pc + 4) & ~3) + ((op & 0xff) << 2), cycle);
            spent = 2;
            break;
          }
          // loads and stores with a register offset
          case 0x50: case 0x51: {
            const address = (r[rn] + r[(op >>> 6) & 7]) | 0;
            spent = storeCycles(address);
            store32(address, r[rd], cycle);
            break;
          }
          case 0x52: case 0x53: {
            const address = (r[rn] + r[(op >>> 6) & 7]) | 0;
            spent = storeCycles(address);
            store16(address, r[rd], cycle);
            break;
          }
          case 0x54: case 0x55: {
            const address = (r[rn] + r[(op >>> 6) & 7]) | 0;
            spent = storeCycles(address);
            store8(address, r[rd], cycle);
            break;
          }
          case 0x56: case 0x57: {
            const address = (r[rn] + r[(op >>> 6) & 7]) | 0;
            spent = loadCycles(address);
            r[rd] = (load8(address, cycle) << 24) >> 24;
            break;
          }
          case 0x58: case 0x59: {
            const address = (r[rn] + r[(op >>> 6) & 7]) | 0;
            spent = loadCycles(address);
            r[rd] = load32(address, cycle);
            break;
          }
          case 0x5a: case 0x5b: {
            const address = (r[rn] + r[(op >>> 6) & 7]) | 0;
            spent = loadCycles(address);
            r[rd] = load16(address, cycle);
            break;
          }
          case 0x5c: case 0x5d: {
            const address = (r[rn] + r[(op >>> 6) & 7]) | 0;
            spent = loadCycles(address);
            r[rd] = load8(address, cycle);
            break;
          }
          case 0x5e: case 0x5f: {
            const address = (r[rn] + r[(op >>> 6) & 7]) | 0;
            spent = loadCycles(address);
            r[rd] = (load16(address, cycle) << 16) >> 16;
            break;
          }
          // STR, LDR (immediate offset)
          case 0x60: case 0x61: case 0x62: case 0x63: case 0x64: case 0x65: case 0x66: case 0x67: {
            const address = (r[rn] + ((op >>> 4) & 0x7c)) | 0;
            spent = storeCycles(address);
            store32(address, r[rd], cycle);
            break;
          }
          case 0x68: case 0x69: case 0x6a: case 0x6b: case 0x6c: case 0x6d: case 0x6e: case 0x6f: {
            const address = (r[rn] + ((op >>> 4) & 0x7c)) | 0;
            spent = loadCycles(address);
            r[rd] = load32(address, cycle);
            break;
          }
          // STRB, LDRB (immediate offset)
          case 0x70: case 0x71: case 0x72: case 0x73: case 0x74: case 0x75: case 0x76: case 0x77: {
            const address = (r[rn] + ((op >>> 6) & 31)) | 0;
            spent = storeCycles(address);
            store8(address, r[rd], cycle);
            break;
          }
          case 0x78: case 0x79: case 0x7a: case 0x7b: case 0x7c: case 0x7d: case 0x7e: case 0x7f: {
            const address = (r[rn] + ((op >>> 6) & 31)) | 0;
            spent = loadCycles(address);
            r[rd] = load8(address, cycle);
            break;
          }
          // STRH, LDRH (immediate offset)
          case 0x80: case 0x81: case 0x82: case 0x83: case 0x84: case 0x85: case 0x86: case 0x87: {
            const address = (r[rn] + ((op >>> 5) & 0x3e)) | 0;
            spent = storeCycles(address);
            store16(address, r[rd], cycle);
            break;
          }
          case 0x88: case 0x89: case 0x8a: case 0x8b: case 0x8c: case 0x8d: case 0x8e: case 0x8f: {
            const address = (r[rn] + ((op >>> 5) & 0x3e)) | 0;
            spent = loadCycles(address);
            r[rd] = load16(address, cycle);
            break;
          }
          // STR, LDR (stack)
          case 0x90: case 0x91: case 0x92: case 0x93: case 0x94: case 0x95: case 0x96: case 0x97: {
            store32((r[SP] + ((op & 0xff) << 2)) | 0, r[(op >>> 8) & 7], cycle);
            spent = 2;
            break;
          }
          case 0x98: case 0x99: case 0x9a: case 0x9b: case 0x9c: case 0x9d: case 0x9e: case 0x9f: {
            r[(op >>> 8) & 7] = load32((r[SP] + ((op & 0xff) << 2)) | 0, cycle);
            spent = 2;
            break;
          }
          // ADR
          case 0xa0: case 0xa1: case 0xa2: case 0xa3: case 0xa4: case 0xa5: case 0xa6: case 0xa7:
            r[(op >>> 8) & 7] = ((pc + 4) & ~3) + ((op & 0xff) << 2);
            break;
          // ADD (stack pointer plus immediate)
          case 0xa8: case 0xa9: case 0xaa: case 0xab: case 0xac: case 0xad: case 0xae: case 0xaf:
            r[(op >>> 8) & 7] = r[SP] + ((op & 0xff) << 2);
            break;
          // ADD, SUB (stack pointer)
          case 0xb0:
            r[SP] += (op & 0x80 ? -(op & 0x7f) : op & 0x7f) << 2;
            break;
          // SXTH, SXTB, UXTH, UXTB
          case 0xb2: {
            const value = r[rn];
            switch ((op >>> 6) & 3) {
              case 0:
                r[rd] = (value << 16) >> 16;
                break;
              case 1:
                r[rd] = (value << 24) >> 24;
                break;
              case 2:
                r[rd] = value & 0xffff;
                break;
              default:
                r[rd] = value & 0xff;
            }
            break;
          }
          // PUSH
          case 0xb4: case 0xb5: {
            const list = op & 0x1ff;
            let address = r[SP];
            let count = 0;
            if (list & 0x100) {
              address -= 4;
              count++;
              store32(address, r[LR], cycle);
            }
            for (let i = 7; i >= 0; i--) {
              if (list & (1 << i)) {
                address -= 4;
                count++;
                store32(address, r[i], cycle);
              }
            }
            r[SP] = address;
            spent = 1 + count;
            break;
          }
          // CPSIE, CPSID
          case 0xb6:
            this.masked = (op & 0x10) !== 0;
            this.interruptsUpdated = true;
            if (!this.masked) this.limit = 0;
            break;
          // REV, REV16, REVSH
          case 0xba: {
            const a = r[rn];
            const halves = ((a & 0x00ff00ff) << 8) | ((a >>> 8) & 0x00ff00ff);
            switch ((op >>> 6) & 3) {
              case 0:
                r[rd] = (halves << 16) | (halves >>> 16);
                break;
              case 1:
                r[rd] = halves;
                break;
              default:
                r[rd] = (halves << 16) >> 16;
            }
            break;
          }
          // POP
          case 0xbc: case 0xbd: {
            const list = op & 0xff;
            let address = r[SP];
            let count = 0;
            for (let i = 0; i < 8; i++) {
              if (list & (1 << i)) {
                r[i] = load32(address, cycle);
                address += 4;
                count++;
              }
            }
            spent = 1 + count;
            if (op & 0x100) {
              const target = load32(address, cycle);
              r[SP] = address + 4;
              spent = 4 + count;
              next = target & ~1;
              if (target >>> 28 === 15 && this.IPSR) {
                this.nz = nz; this.carry = c; this.overflow = v;
                clock.cycles = cycle;
                this.returnFromException(target);
                next = r[PC];
                nz = this.nz; c = this.carry; v = this.overflow;
                cycle = clock.cycles;
                this.limit = 0;
              }
            } else {
              r[SP] = address;
            }
            break;
          }
          // BKPT: how the boot ROM calls the emulator
          case 0xbe: {
            r[PC] = next;
            this.nz = nz; this.carry = c; this.overflow = v;
            clock.cycles = cycle;
            this.onBreak(op & 0xff);
            next = r[PC];
            cycle = clock.cycles;
            this.limit = 0;
            break;
          }
          // hints
          case 0xbf:
            switch (op & 0xff) {
              case 0x20: // WFE
                spent = 2;
                if (this.eventRegistered) {
                  this.eventRegistered = false;
                } else if (!this.wakes()) {
                  this.waiting = true;
                  this.limit = 0;
                }
                break;
              case 0x30: // WFI
                spent = 2;
                if (!this.wakes()) {
                  this.waiting = true;
                  this.limit = 0;
                }
                break;
              case 0x40: // SEV
                this.eventRegistered = true;
                break;
            }
            break;
          // STMIA
          case 0xc0: case 0xc1: case 0xc2: case 0xc3: case 0xc4: case 0xc5: case 0xc6: case 0xc7: {
            const n = (op >>> 8) & 7;
            let address = r[n];
            for (let i = 0; i < 8; i++) {
              if (op & (1 << i)) {
                store32(address, r[i], cycle);
                address = (address + 4) | 0;
                spent++;
              }
            }
            r[n] = address;
            break;
          }
          // LDMIA
          case 0xc8: case 0xc9: case 0xca: case 0xcb: case 0xcc: case 0xcd: case 0xce: case 0xcf: {
            const n = (op >>> 8) & 7;
            let address = r[n];
            for (let i = 0; i < 8; i++) {
              if (op & (1 << i)) {
                r[i] = load32(address, cycle);
                address = (address + 4) | 0;
                spent++;
              }
            }
            if (!(op & (1 << n))) r[n] = address;
            break;
          }
          // B (conditional)
          case 0xd0: if (nz === 0) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xd1: if (nz !== 0) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xd2: if (c) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xd3: if (!c) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xd4: if (nz < 0) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xd5: if (nz >= 0) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xd6: if (v) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xd7: if (!v) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xd8: if (c && nz !== 0) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xd9: if (!c || nz === 0) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xda: if (nz >>> 31 === v) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xdb: if (nz >>> 31 !== v) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xdc: if (nz !== 0 && nz >>> 31 === v) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          case 0xdd: if (nz === 0 || nz >>> 31 !== v) { next = pc + 4 + ((op << 24) >> 23); spent = 2; } break;
          // SVC
          case 0xdf:
            this.pendingSVCall = true;
            this.interruptsUpdated = true;
            this.limit = 0;
            break;
          // B
          case 0xe0: case 0xe1: case 0xe2: case 0xe3: case 0xe4: case 0xe5: case 0xe6: case 0xe7:
            next = pc + 4 + ((op << 21) >> 20);
            spent = 2;
            break;
          // 32-bit instructions: BL, MRS, MSR, barriers
          case 0xf0: case 0xf1: case 0xf2: case 0xf3: case 0xf4: case 0xf5: case 0xf6: case 0xf7: {
            const op2 = area === 0x10
              ? flash16[((pc & 0xffffff) >>> 1) + 1]
              : area === 0x20
                ? ram16[((pc & 0xfffff) >>> 1) + 1]
                : rom16[(pc >>> 1) + 1];
            next = pc + 4;
            spent = 3;
            if ((op2 & 0xd000) === 0xd000) {
              const s = (op >>> 10) & 1;
              const i1 = (~((op2 >>> 13) ^ s)) & 1;
              const i2 = (~((op2 >>> 11) ^ s)) & 1;
              const offset =
                (-s << 24) | (i1 << 23) | (i2 << 22) | ((op & 0x3ff) << 12) | ((op2 & 0x7ff) << 1);
              r[LR] = next | 1;
              next = (next + offset) | 0;
            } else if (op === 0xf3ef) {
              this.nz = nz; this.carry = c; this.overflow = v;
              r[(op2 >>> 8) & 15] = this.readSpecial(op2 & 0xff);
            } else if ((op & 0xfff0) === 0xf380) {
              this.nz = nz; this.carry = c; this.overflow = v;
              this.writeSpecial(op2 & 0xff, r[op & 15]);
              nz = this.nz; c = this.carry; v = this.overflow;
              this.limit = 0;
            } else if ((op & 0xfff0) !== 0xf3b0) {
              this.faulted = `undefined instruction ${op.toString(16)} ${op2.toString(16)}`;
              this.limit = 0;
            }
            break;
          }
          default:
            this.faulted = `undefined instruction ${op.toString(16)} at 0x${(pc >>> 0).toString(16)}`;
            this.limit = 0;
        }
        pc = next;
        cycle += spent;
      }

      r[PC] = pc;
      clock.cycles = cycle;
      this.nz = nz;
      this.carry = c;
      this.overflow = v;
      if (this.faulted) {
        const what = this.faulted;
        this.faulted = null;
        this.fault(what);
      }
      if (clock.due <= cycle) break;
    }
  }
}

/** Cycles of one load: SIO answers in the same cycle, the peripheral bus needs wait states. */
function loadCycles(address) {
  const area = address >>> 28;
  return area < 4 ? 2 : area === 0xd ? 1 : area === 4 ? 4 : 2;
}

function storeCycles(address) {
  const area = address >>> 28;
  return area < 4 ? 2 : area === 0xd ? 1 : area === 4 ? 5 : 2;
}
