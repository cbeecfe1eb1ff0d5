// Frames between the bench's process and this one: kind (one letter), length u32, payload. Whole reads and writes
// that wait: the emulator does nothing of its own, so the same frames bring the same answers.

import fs from 'node:fs';

const HEADER = 5;

export class Pipe {
  constructor(input, output) {
    this.input = input;
    this.output = output;
    this.queue = [];
    this.buffer = Buffer.alloc(0);
  }

  /** Queue a frame; `flush` sends it. */
  send(kind, payload = Buffer.alloc(0)) {
    const header = Buffer.alloc(HEADER);
    header.write(kind, 0, 'latin1');
    header.writeUInt32LE(payload.length, 1);
    this.queue.push(header, Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength));
  }

  flush() {
    let rest = Buffer.concat(this.queue);
    this.queue = [];
    while (rest.length) rest = rest.subarray(fs.writeSync(this.output, rest));
  }

  /** Return `[kind, payload]` of the next frame, null when the other end has gone. */
  receive() {
    if (!this.fill(HEADER)) return null;
    const kind = this.buffer.toString('latin1', 0, 1);
    const end = HEADER + this.buffer.readUInt32LE(1);
    if (!this.fill(end)) return null;
    const payload = this.buffer.subarray(HEADER, end);
    this.buffer = this.buffer.subarray(end);
    return [kind, payload];
  }

  fill(size) {
    while (this.buffer.length < size) {
      const chunk = Buffer.alloc(65536);
      const count = fs.readSync(this.input, chunk, 0, chunk.length, null);
      if (!count) return false;
      this.buffer = Buffer.concat([this.buffer, chunk.subarray(0, count)]);
    }
    return true;
  }
}
