// The flash chip: a W25Q16JV behind the boot ROM's functions, in an image file that outlives the process.
//
// Times are the typical ones of the W25Q16JV data sheet (Winbond, revision I, table 9.6, AC characteristics):
// sector erase 45 ms, 32 kB block 120 ms, 64 kB block 150 ms, page program 0.4 ms. While one of them is under
// way the flash cannot be read, so the processor stands still, with its interrupts masked by whoever called.

import fs from 'node:fs';

const SIZE = 2 << 20;
const PAGE = 256;
const SECTOR = 4096;
const BLOCK = 65536;
const [SECTOR_US, BLOCK_US, PAGE_US] = [45_000, 150_000, 400];

export class Flash {
  /** @param bytes what the chip sees. @param path image file, null for none. @param firmware put at 0. */
  constructor(bytes, path, firmware) {
    this.bytes = bytes;
    this.file = null;
    this.failAfter = -1; // bytes until the supply fails, -1: it does not
    this.onFailure = () => {};
    this.erasedSectors = 0;
    this.programmedPages = 0;
    bytes.fill(0xff);
    if (path) {
      this.file = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o644);
      const image = fs.readFileSync(this.file);
      bytes.set(image.subarray(0, SIZE));
    }
    if (firmware) bytes.set(firmware);
    this.save(0, SIZE);
  }

  /** Erase whole sectors; return how long that takes in us. */
  erase(offset, count) {
    let us = 0;
    const end = Math.min(offset + count, SIZE);
    for (let at = offset; at < end; ) {
      const size = at % BLOCK === 0 && end - at >= BLOCK ? BLOCK : SECTOR;
      const done = this.allowed(size);
      this.bytes.fill(0xff, at, at + done);
      this.save(at, done);
      this.erasedSectors += size / SECTOR;
      us += size === BLOCK ? BLOCK_US : SECTOR_US;
      if (done < size) break;
      at += size;
    }
    return us;
  }

  /** Program: clear the bits that are 0 in `data`; return how long that takes in us. */
  program(offset, data) {
    const done = this.allowed(Math.min(data.length, SIZE - offset));
    for (let i = 0; i < done; i++) this.bytes[offset + i] &= data[i];
    this.save(offset, done);
    const pages = Math.ceil(data.length / PAGE);
    this.programmedPages += pages;
    return pages * PAGE_US;
  }

  /** How many of `count` bytes are changed before the supply fails. */
  allowed(count) {
    if (this.failAfter < 0) return count;
    if (this.failAfter < count) {
      const done = this.failAfter;
      this.failAfter = -1;
      this.onFailure();
      return done;
    }
    this.failAfter -= count;
    return count;
  }

  save(offset, count) {
    if (this.file !== null && count) fs.writeSync(this.file, this.bytes, offset, count, offset);
  }
}
