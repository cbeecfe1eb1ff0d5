// The memory as the core sees it: RAM and flash directly, everything else through rp2040js, whose peripherals
// need to see the time.

const SRAM_SIZE = 264 * 1024;
const UNDEFINED = 0xde00; // the instruction that is found where there is no memory

export class Memory {
  /** @param onUnaligned `(what)`: an address does not fit the size of what is read or written there. */
  constructor(mcu, clock, onUnaligned) {
    this.mcu = mcu;
    this.clock = clock;
    this.onUnaligned = onUnaligned;
    this.ram8 = mcu.sram;
    this.ram16 = new Uint16Array(mcu.sram.buffer);
    this.ram32 = new Int32Array(mcu.sram.buffer);
    this.flash8 = mcu.flash;
    this.flash16 = new Uint16Array(mcu.flash.buffer);
    this.flash32 = new Int32Array(mcu.flash.buffer);
    this.rom16 = new Uint16Array(mcu.bootrom.buffer);
  }

  /** The halfword of an instruction. */
  fetch(address) {
    const area = address >>> 24;
    if (area === 0x10) return this.flash16[(address & 0xffffff) >>> 1];
    if (area === 0x20) return this.ram16[(address & 0xfffff) >>> 1];
    return area === 0 ? this.rom16[address >>> 1] : UNDEFINED;
  }

  load32(address, cycle) {
    const top = address >>> 24;
    if (!(address & 3)) {
      if (top === 0x20 && (address & 0xffffff) < SRAM_SIZE) return this.ram32[(address & 0xffffff) >>> 2];
      if (top >= 0x10 && top < 0x14) return this.flash32[(address & 0xffffff) >>> 2];
    }
    return this.readSlow(address, 4, cycle);
  }

  load16(address, cycle) {
    const top = address >>> 24;
    if (!(address & 1)) {
      if (top === 0x20 && (address & 0xffffff) < SRAM_SIZE) return this.ram16[(address & 0xffffff) >>> 1];
      if (top >= 0x10 && top < 0x14) return this.flash16[(address & 0xffffff) >>> 1];
    }
    return this.readSlow(address, 2, cycle);
  }

  load8(address, cycle) {
    const top = address >>> 24;
    if (top === 0x20 && (address & 0xffffff) < SRAM_SIZE) return this.ram8[address & 0xffffff];
    if (top >= 0x10 && top < 0x14) return this.flash8[address & 0xffffff];
    return this.readSlow(address, 1, cycle);
  }

  store32(address, value, cycle) {
    if (address >>> 24 === 0x20 && (address & 0xffffff) < SRAM_SIZE && !(address & 3)) {
      this.ram32[(address & 0xffffff) >>> 2] = value;
    } else {
      this.writeSlow(address, 4, value, cycle);
    }
  }

  store16(address, value, cycle) {
    if (address >>> 24 === 0x20 && (address & 0xffffff) < SRAM_SIZE && !(address & 1)) {
      this.ram16[(address & 0xffffff) >>> 1] = value;
    } else {
      this.writeSlow(address, 2, value, cycle);
    }
  }

  store8(address, value, cycle) {
    if (address >>> 24 === 0x20 && (address & 0xffffff) < SRAM_SIZE) {
      this.ram8[address & 0xffffff] = value;
    } else {
      this.writeSlow(address, 1, value, cycle);
    }
  }

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
    this.onUnaligned(`unaligned access to 0x${address.toString(16)}`);
    return 0;
  }
}

/** Cycles of one load: SIO answers in the same cycle, the peripheral bus needs wait states. */
export function loadCycles(address) {
  const area = address >>> 28;
  return area < 4 ? 2 : area === 0xd ? 1 : area === 4 ? 4 : 2;
}

export function storeCycles(address) {
  const area = address >>> 28;
  return area < 4 ? 2 : area === 0xd ? 1 : area === 4 ? 5 : 2;
}
