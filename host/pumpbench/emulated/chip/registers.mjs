// What the core holds: sixteen registers, two stack pointers, the flags, and the special registers that MRS and
// MSR reach.

export const [SP, LR, PC] = [13, 14, 15];

export class Registers {
  constructor() {
    this.registers = new Int32Array(16);
    this.bankedSP = 0; // the stack pointer that is not in use
    this.usesPSP = false;
    this.nz = 1; // a number whose sign is N and whose zeroness is Z
    this.carry = 0;
    this.overflow = 0;
    this.masked = false; // PRIMASK
    this.IPSR = 0; // the exception being served, 0: none
    this.interruptsUpdated = false; // whether an exception may be taken wants a look
  }

  get PC() {
    return this.registers[PC] >>> 0;
  }

  set PC(address) {
    this.registers[PC] = address;
  }

  switchStack(toProcess) {
    if (toProcess === this.usesPSP) return;
    const other = this.bankedSP;
    this.bankedSP = this.registers[SP];
    this.registers[SP] = other;
    this.usesPSP = toProcess;
  }

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
}
