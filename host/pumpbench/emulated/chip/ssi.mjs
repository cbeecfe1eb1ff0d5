// The flash's serial interface, as far as firmware talks to it itself: the second boot stage asks for a status,
// and the SDK for the unique id. Reading the program (XIP) does not go through here.

const [CTRLR1, SSIENR, SER, SR, DR0] = [0x04, 0x08, 0x10, 0x28, 0x60];
const [TFNF, TFE, RFNE] = [2, 4, 8];
const [READ_STATUS_2, READ_UNIQUE_ID] = [0x35, 0x4b];
const QUAD_ENABLED = 2;
const ID_STARTS_AT = 5; // a command byte and four dummy bytes

export class Ssi {
  constructor(uniqueId) {
    this.uniqueId = uniqueId;
    this.registers = new Map();
    this.answers = [];
    this.sent = 0; // bytes since the chip was selected
  }

  /** The chip was deselected. */
  endCommand() {
    this.sent = 0;
  }

  readUint32(offset) {
    offset &= 0xfff;
    if (offset === SR) return TFNF | TFE | (this.answers.length ? RFNE : 0);
    if (offset === DR0) return this.answers.shift() ?? 0;
    return this.registers.get(offset) ?? 0;
  }

  writeUint32Atomic(offset, value) {
    if (offset === DR0) this.exchange(value & 0xff);
    else this.registers.set(offset, value);
    if (offset === SSIENR || offset === SER || offset === CTRLR1) {
      this.sent = 0;
      this.answers = [];
    }
  }

  exchange(byte) {
    if (this.sent === 0) this.command = byte;
    let answer = 0;
    if (this.command === READ_STATUS_2 && this.sent === 1) answer = QUAD_ENABLED;
    if (this.command === READ_UNIQUE_ID) answer = this.uniqueId[this.sent - ID_STARTS_AT] ?? 0;
    this.answers.push(answer);
    this.sent++;
    if (this.command !== READ_UNIQUE_ID && this.sent === 2) this.sent = 0;
  }
}

/** IO_QSPI: keeps what is written, and tells when firmware moves the chip select pin by hand. */
export class QspiPins {
  constructor(onSelect) {
    this.onSelect = onSelect;
    this.registers = new Uint32Array(1024);
  }

  readUint32(offset) {
    return this.registers[(offset & 0xfff) >> 2];
  }

  writeUint32Atomic(offset, value, alias) {
    const old = this.registers[offset >> 2];
    this.registers[offset >> 2] = [value, old ^ value, old | value, old & ~value][alias];
    this.onSelect();
  }
}
