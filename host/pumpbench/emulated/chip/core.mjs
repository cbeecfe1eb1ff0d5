// The Cortex-M0+ core: what its instructions do, and how many cycles each takes. It takes the place of rp2040js's
// own, which is three times slower and counts no cycles for exceptions. Cycle counts are those of the Cortex-M0+
// technical reference manual (r0p1, table 3-1, single-cycle multiplier), with rp2040js's wait states for the
// peripherals. Flash counts as if it were always cached.

import v8 from 'node:v8';
import {
  add, extend, processData, reverse, shiftLeft, shiftRight, shiftRightSigned, subtract,
} from './arithmetic.mjs';
import { Exceptions } from './exceptions.mjs';
import { loadCycles, Memory, storeCycles } from './memory.mjs';
import { LR, PC, SP } from './registers.mjs';
import { loadList, push, storeList } from './transfers.mjs';

// Node.js compiles the functions that `execute` calls into it, up to this much code; its own limit, 920, leaves
// most of them outside, and the emulator a tenth slower.
v8.setFlagsFromString('--max-inlined-bytecode-size-cumulative=8000');

export class Core extends Exceptions {
  /** @param mcu rp2040js's chip: its memories and peripherals. @param clock its `cycles` are moved on. */
  constructor(mcu, clock) {
    super(mcu, clock);
    this.memory = new Memory(mcu, clock, (what) => this.cannot(what));
    this.cycles = 0; // written by rp2040js's divider, read by nobody
    this.stopped = false; // `run` returns after this instruction
    this.faulted = null; // why the instruction under way cannot be carried out
    this.onBreak = () => {}; // (number) a BKPT instruction
  }

  /** Begin at an address, as after reset. */
  start(stackPointer, address) {
    this.registers[SP] = stackPointer;
    this.registers[PC] = address & ~1;
  }

  /** The instruction under way cannot be carried out. */
  cannot(what) {
    this.faulted = what;
    this.limit = 0;
  }

  /** Run until cycle `until`, or earlier when an interrupt or an alarm wants attention; not while asleep. */
  run(until) {
    const { clock } = this;
    this.stopped = false;
    while (clock.cycles < until && !this.waiting && !this.stopped) {
      if (this.interruptsUpdated) this.takeInterrupt();
      this.limit = Math.min(until, clock.due);
      if (clock.cycles >= this.limit) break;
      this.execute();
      if (this.faulted) {
        const what = this.faulted;
        this.faulted = null;
        this.fault(what);
      }
      if (clock.due <= clock.cycles) break;
    }
  }

  /** Carry out instructions up to the cycle `limit`. */
  execute() {
    const { clock, memory, registers: r } = this;
    let pc = r[PC];
    let cycle = clock.cycles;

    while (cycle < this.limit) {
      const op = memory.fetch(pc);
      const rd = op & 7;
      const rn = (op >>> 3) & 7;
      const rm = (op >>> 6) & 7;
      const r8 = (op >>> 8) & 7;
      let next = pc + 2;
      let spent = 1;
      let address = 0;

      switch (op >>> 8) {
        // LSLS, LSRS, ASRS (immediate)
        case 0x00: case 0x01: case 0x02: case 0x03: case 0x04: case 0x05: case 0x06: case 0x07:
          r[rd] = shiftLeft(this, r[rn], (op >>> 6) & 31);
          break;
        case 0x08: case 0x09: case 0x0a: case 0x0b: case 0x0c: case 0x0d: case 0x0e: case 0x0f:
          r[rd] = shiftRight(this, r[rn], (op >>> 6) & 31 || 32);
          break;
        case 0x10: case 0x11: case 0x12: case 0x13: case 0x14: case 0x15: case 0x16: case 0x17:
          r[rd] = shiftRightSigned(this, r[rn], (op >>> 6) & 31 || 32);
          break;
        // ADDS, SUBS (register, 3-bit immediate)
        case 0x18: case 0x19:
          r[rd] = add(this, r[rn], r[rm]);
          break;
        case 0x1a: case 0x1b:
          r[rd] = subtract(this, r[rn], r[rm]);
          break;
        case 0x1c: case 0x1d:
          r[rd] = add(this, r[rn], rm);
          break;
        case 0x1e: case 0x1f:
          r[rd] = subtract(this, r[rn], rm);
          break;
        // MOVS, CMP, ADDS, SUBS (8-bit immediate)
        case 0x20: case 0x21: case 0x22: case 0x23: case 0x24: case 0x25: case 0x26: case 0x27:
          this.nz = r[r8] = op & 0xff;
          break;
        case 0x28: case 0x29: case 0x2a: case 0x2b: case 0x2c: case 0x2d: case 0x2e: case 0x2f:
          subtract(this, r[r8], op & 0xff);
          break;
        case 0x30: case 0x31: case 0x32: case 0x33: case 0x34: case 0x35: case 0x36: case 0x37:
          r[r8] = add(this, r[r8], op & 0xff);
          break;
        case 0x38: case 0x39: case 0x3a: case 0x3b: case 0x3c: case 0x3d: case 0x3e: case 0x3f:
          r[r8] = subtract(this, r[r8], op & 0xff);
          break;
        // data processing between low registers
        case 0x40: case 0x41: case 0x42: case 0x43:
          processData(this, op);
          break;
        // ADD, MOV, CMP (high registers)
        case 0x44: case 0x46: {
          const d = rd | ((op >>> 4) & 8);
          const m = (op >>> 3) & 15;
          let value = m === PC ? pc + 4 : r[m];
          if (!(op & 0x200)) value = ((d === PC ? pc + 4 : r[d]) + value) | 0;
          if (d === PC) {
            next = value & ~1;
            spent = 2;
          } else {
            r[d] = d === SP ? value & ~3 : value;
          }
          break;
        }
        case 0x45:
          subtract(this, r[rd | ((op >>> 4) & 8)], r[(op >>> 3) & 15]);
          break;
        // BX, BLX
        case 0x47: {
          const target = r[(op >>> 3) & 15];
          if (op & 0x80) r[LR] = (pc + 2) | 1;
          next = target & ~1;
          spent = 2;
          if (this.endsException(target)) {
            clock.cycles = cycle;
            this.returnFromException(target);
            next = r[PC];
            cycle = clock.cycles;
          }
          break;
        }
        // loads and stores: LDR (literal)
        case 0x48: case 0x49: case 0x4a: case 0x4b: case 0x4c: case 0x4d: case 0x4e: case 0x4f:
          r[r8] = memory.load32(((pc + 4) & ~3) + ((op & 0xff) << 2), cycle);
          spent = 2;
          break;
        // STR, STRH, STRB, LDRSB, LDR, LDRH, LDRB, LDRSH (register)
        case 0x50: case 0x51:
          address = (r[rn] + r[rm]) | 0;
          spent = storeCycles(address);
          memory.store32(address, r[rd], cycle);
          break;
        case 0x52: case 0x53:
          address = (r[rn] + r[rm]) | 0;
          spent = storeCycles(address);
          memory.store16(address, r[rd], cycle);
          break;
        case 0x54: case 0x55:
          address = (r[rn] + r[rm]) | 0;
          spent = storeCycles(address);
          memory.store8(address, r[rd], cycle);
          break;
        case 0x56: case 0x57:
          address = (r[rn] + r[rm]) | 0;
          spent = loadCycles(address);
          r[rd] = (memory.load8(address, cycle) << 24) >> 24;
          break;
        case 0x58: case 0x59:
          address = (r[rn] + r[rm]) | 0;
          spent = loadCycles(address);
          r[rd] = memory.load32(address, cycle);
          break;
        case 0x5a: case 0x5b:
          address = (r[rn] + r[rm]) | 0;
          spent = loadCycles(address);
          r[rd] = memory.load16(address, cycle);
          break;
        case 0x5c: case 0x5d:
          address = (r[rn] + r[rm]) | 0;
          spent = loadCycles(address);
          r[rd] = memory.load8(address, cycle);
          break;
        case 0x5e: case 0x5f:
          address = (r[rn] + r[rm]) | 0;
          spent = loadCycles(address);
          r[rd] = (memory.load16(address, cycle) << 16) >> 16;
          break;
        // STR, LDR, STRB, LDRB, STRH, LDRH (immediate)
        case 0x60: case 0x61: case 0x62: case 0x63: case 0x64: case 0x65: case 0x66: case 0x67:
          address = (r[rn] + ((op >>> 4) & 0x7c)) | 0;
          spent = storeCycles(address);
          memory.store32(address, r[rd], cycle);
          break;
        case 0x68: case 0x69: case 0x6a: case 0x6b: case 0x6c: case 0x6d: case 0x6e: case 0x6f:
          address = (r[rn] + ((op >>> 4) & 0x7c)) | 0;
          spent = loadCycles(address);
          r[rd] = memory.load32(address, cycle);
          break;
        case 0x70: case 0x71: case 0x72: case 0x73: case 0x74: case 0x75: case 0x76: case 0x77:
          address = (r[rn] + ((op >>> 6) & 31)) | 0;
          spent = storeCycles(address);
          memory.store8(address, r[rd], cycle);
          break;
        case 0x78: case 0x79: case 0x7a: case 0x7b: case 0x7c: case 0x7d: case 0x7e: case 0x7f:
          address = (r[rn] + ((op >>> 6) & 31)) | 0;
          spent = loadCycles(address);
          r[rd] = memory.load8(address, cycle);
          break;
        case 0x80: case 0x81: case 0x82: case 0x83: case 0x84: case 0x85: case 0x86: case 0x87:
          address = (r[rn] + ((op >>> 5) & 0x3e)) | 0;
          spent = storeCycles(address);
          memory.store16(address, r[rd], cycle);
          break;
        case 0x88: case 0x89: case 0x8a: case 0x8b: case 0x8c: case 0x8d: case 0x8e: case 0x8f:
          address = (r[rn] + ((op >>> 5) & 0x3e)) | 0;
          spent = loadCycles(address);
          r[rd] = memory.load16(address, cycle);
          break;
        // STR, LDR (stack)
        case 0x90: case 0x91: case 0x92: case 0x93: case 0x94: case 0x95: case 0x96: case 0x97:
          memory.store32((r[SP] + ((op & 0xff) << 2)) | 0, r[r8], cycle);
          spent = 2;
          break;
        case 0x98: case 0x99: case 0x9a: case 0x9b: case 0x9c: case 0x9d: case 0x9e: case 0x9f:
          r[r8] = memory.load32((r[SP] + ((op & 0xff) << 2)) | 0, cycle);
          spent = 2;
          break;
        // ADR; ADD, SUB (stack pointer)
        case 0xa0: case 0xa1: case 0xa2: case 0xa3: case 0xa4: case 0xa5: case 0xa6: case 0xa7:
          r[r8] = ((pc + 4) & ~3) + ((op & 0xff) << 2);
          break;
        case 0xa8: case 0xa9: case 0xaa: case 0xab: case 0xac: case 0xad: case 0xae: case 0xaf:
          r[r8] = r[SP] + ((op & 0xff) << 2);
          break;
        case 0xb0:
          r[SP] += (op & 0x80 ? -(op & 0x7f) : op & 0x7f) << 2;
          break;
        // SXTH, SXTB, UXTH, UXTB
        case 0xb2:
          r[rd] = extend(op, r[rn]);
          break;
        // PUSH
        case 0xb4: case 0xb5:
          spent = 1 + push(this, op & 0x1ff, cycle);
          break;
        // CPSIE, CPSID
        case 0xb6:
          this.masked = (op & 0x10) !== 0;
          this.interruptsUpdated = true;
          if (!this.masked) this.limit = 0;
          break;
        // REV, REV16, REVSH
        case 0xba:
          r[rd] = reverse(op, r[rn]);
          break;
        // POP
        case 0xbc: case 0xbd: {
          const bottom = r[SP];
          address = loadList(this, op & 0xff, bottom, cycle);
          r[SP] = address;
          spent = 1 + ((address - bottom) >> 2);
          if (op & 0x100) {
            const target = memory.load32(address, cycle);
            r[SP] = address + 4;
            next = target & ~1;
            spent += 3;
            if (this.endsException(target)) {
              clock.cycles = cycle;
              this.returnFromException(target);
              next = r[PC];
              cycle = clock.cycles;
            }
          }
          break;
        }
        // BKPT: how the boot ROM calls the emulator
        case 0xbe:
          r[PC] = next;
          clock.cycles = cycle;
          this.onBreak(op & 0xff);
          next = r[PC];
          cycle = clock.cycles;
          this.limit = 0;
          break;
        // hints
        case 0xbf:
          switch (op & 0xff) {
            case 0x20: // WFE
              spent = 2;
              if (this.eventRegistered) this.eventRegistered = false;
              else this.sleep();
              break;
            case 0x30: // WFI
              spent = 2;
              this.sleep();
              break;
            case 0x40: // SEV
              this.eventRegistered = true;
              break;
          }
          break;
        // STMIA, LDMIA
        case 0xc0: case 0xc1: case 0xc2: case 0xc3: case 0xc4: case 0xc5: case 0xc6: case 0xc7: {
          const from = r[r8];
          r[r8] = storeList(this, op & 0xff, from, cycle);
          spent = 1 + ((r[r8] - from) >> 2);
          break;
        }
        case 0xc8: case 0xc9: case 0xca: case 0xcb: case 0xcc: case 0xcd: case 0xce: case 0xcf: {
          const from = r[r8];
          address = loadList(this, op & 0xff, from, cycle);
          spent = 1 + ((address - from) >> 2);
          if (!(op & (1 << r8))) r[r8] = address;
          break;
        }
        // B (conditional)
        case 0xd0: if (this.nz === 0) { next = branchTarget(pc, op); spent = 2; } break;
        case 0xd1: if (this.nz !== 0) { next = branchTarget(pc, op); spent = 2; } break;
        case 0xd2: if (this.carry) { next = branchTarget(pc, op); spent = 2; } break;
        case 0xd3: if (!this.carry) { next = branchTarget(pc, op); spent = 2; } break;
        case 0xd4: if (this.nz < 0) { next = branchTarget(pc, op); spent = 2; } break;
        case 0xd5: if (this.nz >= 0) { next = branchTarget(pc, op); spent = 2; } break;
        case 0xd6: if (this.overflow) { next = branchTarget(pc, op); spent = 2; } break;
        case 0xd7: if (!this.overflow) { next = branchTarget(pc, op); spent = 2; } break;
        case 0xd8: if (this.carry && this.nz !== 0) { next = branchTarget(pc, op); spent = 2; } break;
        case 0xd9: if (!this.carry || this.nz === 0) { next = branchTarget(pc, op); spent = 2; } break;
        case 0xda: if (this.nz >>> 31 === this.overflow) { next = branchTarget(pc, op); spent = 2; } break;
        case 0xdb: if (this.nz >>> 31 !== this.overflow) { next = branchTarget(pc, op); spent = 2; } break;
        case 0xdc:
          if (this.nz !== 0 && this.nz >>> 31 === this.overflow) { next = branchTarget(pc, op); spent = 2; }
          break;
        case 0xdd:
          if (this.nz === 0 || this.nz >>> 31 !== this.overflow) { next = branchTarget(pc, op); spent = 2; }
          break;
        // SVC
        case 0xdf:
          this.callSupervisor();
          break;
        // B
        case 0xe0: case 0xe1: case 0xe2: case 0xe3: case 0xe4: case 0xe5: case 0xe6: case 0xe7:
          next = pc + 4 + ((op << 21) >> 20);
          spent = 2;
          break;
        // 32-bit instructions: BL, MRS, MSR, barriers
        case 0xf0: case 0xf1: case 0xf2: case 0xf3: case 0xf4: case 0xf5: case 0xf6: case 0xf7: {
          const op2 = memory.fetch(pc + 2);
          next = pc + 4;
          spent = 3;
          if ((op2 & 0xd000) === 0xd000) {
            r[LR] = next | 1;
            next = (next + linkOffset(op, op2)) | 0;
          } else {
            this.special(op, op2);
          }
          break;
        }
        default:
          this.cannot(`undefined instruction ${op.toString(16)} at 0x${(pc >>> 0).toString(16)}`);
      }
      pc = next;
      cycle += spent;
    }
    r[PC] = pc;
    clock.cycles = cycle;
  }

  /** MRS, MSR, barriers */
  special(op, op2) {
    const r = this.registers;
    if (op === 0xf3ef) {
      r[(op2 >>> 8) & 15] = this.readSpecial(op2 & 0xff);
    } else if ((op & 0xfff0) === 0xf380) {
      this.writeSpecial(op2 & 0xff, r[op & 15]);
      this.limit = 0;
    } else if ((op & 0xfff0) !== 0xf3b0) {
      this.cannot(`undefined instruction ${op.toString(16)} ${op2.toString(16)}`);
    }
  }
}

/** Where a conditional branch goes. */
function branchTarget(pc, op) {
  return pc + 4 + ((op << 24) >> 23);
}

/** How far BL goes. */
function linkOffset(op, op2) {
  const s = (op >>> 10) & 1;
  const i1 = ~((op2 >>> 13) ^ s) & 1;
  const i2 = ~((op2 >>> 11) ^ s) & 1;
  return (-s << 24) | (i1 << 23) | (i2 << 22) | ((op & 0x3ff) << 12) | ((op2 & 0x7ff) << 1);
}
