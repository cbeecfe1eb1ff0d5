// The emulator's process: `node main.mjs CONFIG.json`, frames on standard input and output (pumpbench's
// emulated/emulator.py is the other end). Letters in capitals come from the bench.
//
//   R run until f64 cycle            d done: f64 cycle, f64 position, f64 steps made, u8 supply failed
//   W write to port: u8, bytes       u received from port: u8, bytes     t taken by the device: u8, u32
//   G give credit to port: u8, u32   p serial ports shown: u8
//   O port opened: u8, u8            x chip came out of reset: u8 cause
//   L level of a wire: u8, u8        q question: f64 cycle, f64 position, f64 made, what..., answered by A
//   C cable: u8   S supply: u8   F fail after flash bytes: i32
//   P peek: JSON                     j answer: JSON                       m message: text
//                                    w a reported output changed: u8, u8   e the firmware logged an event

import fs from 'node:fs';
import { createRequire } from 'node:module';
import { Board } from './board.mjs';
import { Flash } from './flash.mjs';
import { Pipe } from './pipe.mjs';
import { peek } from './peek.mjs';

const FLASH_WINDOW = 16 << 20;
const EXCHANGE_CYCLES = 125_000; // a millisecond
const [PRESENT, WRITE, READ, MEASURE] = [0, 1, 2, 3];

const config = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const { RP2040 } = createRequire(config.parts + '/')('rp2040js');
const pipe = new Pipe(0, 1);

function state(extra) {
  const view = Buffer.alloc(24 + extra.length);
  view.writeDoubleLE(board.cycles, 0);
  view.writeDoubleLE(board.motor.position, 8);
  view.writeDoubleLE(board.motor.made, 16);
  view.set(extra, 24);
  return view;
}

/** Ask the bench something that the chip needs to know at once. */
function ask(...what) {
  pipe.send('q', state(Buffer.from(what)));
  pipe.flush();
  const frame = pipe.receive();
  if (!frame) process.exit(0);
  return frame[1];
}

const bench = {
  i2c: {
    present: (address) => ask(PRESENT, address)[0] === 1,
    write: (address, bytes) => ask(WRITE, address, ...bytes)[0] === 1,
    read: (address, count) => {
      const answer = ask(READ, address, count);
      return answer.length ? answer : null;
    },
  },
  measure: (channel) => ask(MEASURE, channel).readUInt16LE(0),
  usb: {
    plugged: (count) => pipe.send('p', Uint8Array.of(count)),
    received: (port, bytes) => pipe.send('u', Uint8Array.of(port, ...bytes)),
    taken: (port, count) => pipe.send('t', Uint8Array.of(port, count)),
  },
  report: (text) => pipe.send('m', Buffer.from(text)),
  wire: (pin, level) => pipe.send('w', Uint8Array.of(pin, level)),
  event: () => pipe.send('e'),
  reset: (cause) => pipe.send('x', Uint8Array.of(cause)),
};

const flash = new Flash(
  new Uint8Array(FLASH_WINDOW), config.flash, fs.readFileSync(`${config.parts}/firmware.bin`));
const parts = {
  RP2040,
  flash,
  rom: fs.readFileSync(`${config.parts}/bootrom.bin`),
  uniqueId: Uint8Array.from(Buffer.from(config.unique_id, 'hex')),
};
const board = new Board(parts, config.wiring, bench);

/** Let time pass, and come back early at the end of a millisecond in which there was something to tell. */
function run(payload) {
  const until = payload.readDoubleLE(0);
  const { position } = board.motor;
  let survived = true;
  while (survived && board.cycles < until && board.motor.position === position && !pipe.queue.length) {
    const nextExchange = (Math.floor(board.cycles / EXCHANGE_CYCLES) + 1) * EXCHANGE_CYCLES;
    survived = board.run(Math.min(until, nextExchange));
  }
  pipe.send('d', state([survived ? 0 : 1]));
  pipe.flush();
}

const commands = {
  R: run,
  W: (payload) => board.chip?.usb.write(payload[0], payload.subarray(1)),
  G: (payload) => board.chip?.usb.give(payload[0], payload.readUInt32LE(1)),
  O: (payload) => board.chip?.usb.setOpen(payload[0], payload[1] === 1),
  L: (payload) => board.drive(payload[0], payload[1]),
  C: (payload) => board.setCable(payload[0] === 1),
  S: (payload) => board.setSupply(payload[0] === 1),
  F: (payload) => {
    flash.failAfter = payload.readInt32LE(0);
  },
  P: (payload) => {
    pipe.send('j', Buffer.from(JSON.stringify(peek(board, flash, JSON.parse(payload.toString())))));
    pipe.flush();
  },
};

for (let frame = pipe.receive(); frame; frame = pipe.receive()) commands[frame[0]](frame[1]);
