// Runs random instructions on our core and on rp2040js's own, from the same state, and prints where they end up
// differently: `node core_against_rp2040js.mjs PARTS_FOLDER COUNT SEED`. One JSON line: `{tried, differ: [...]}`.

import { createRequire } from 'node:module';
import { Clock } from '../../../host/pumpbench/emulated/chip/clock.mjs';
import { Core } from '../../../host/pumpbench/emulated/chip/core.mjs';

const [parts, count, seed] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const { RP2040 } = createRequire(`${parts}/`)('rp2040js');
const RAM = 0x20000000;
const CODE = RAM + 0x8000;
const SP = 13;

let state = seed >>> 0 || 1;
const random = () => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
};

function makeChip() {
  const chip = new RP2040(new Clock());
  chip.logger = { debug() {}, info() {}, warn() {}, error() {} };
  chip.onBreak = () => {};
  return chip;
}

const theirs = makeChip();
const ours = makeChip();
const clock = new Clock();
const core = new Core(ours, clock);

/** What is left out: breakpoints, calls of the system, hints, undefined ones, loads and stores of many. */
function usable(op) {
  const top = op >>> 8;
  if (top === 0xbe || top === 0xbf || top === 0xdf || top === 0xde || top === 0xb6) return false;
  if (top >= 0xe8 || [0xb1, 0xb3, 0xb7, 0xb8, 0xb9, 0xbb].includes(top)) return false;
  if (top === 0x47 && ((op >>> 3) & 15) === 15) return false;
  if (op === 0x47f0) return false; // it branches to LR after it has overwritten that
  if (top === 0x47 && op & 7) return false;
  if ((op & 0xffc0) === 0xba80) return false;
  if (top === 0xb4 && !(op & 0xff)) return false;
  if (top === 0xb5 && !(op & 0x1ff)) return false;
  if ((top === 0xbc || top === 0xbd) && !(op & 0x1ff)) return false;
  if ((op & 0xf000) === 0xc000 && !(op & 0xff)) return false;
  // rp2040js does not write the base of STM back when it is in the list; the architecture does.
  if (top >= 0xc0 && top < 0xc8 && op & (1 << (top & 7))) return false;
  // ADD and CMP of PC with PC are unpredictable.
  if ((top === 0x44 || top === 0x45) && (op & 0x87) === 0x87) return false;
  return top !== 0x45 || ((op >>> 3) & 15) !== 15;
}

const shiftsByRegister = (op) => [0x4080, 0x40c0, 0x4100, 0x41c0].includes(op & 0xffc0);
const addsCarry = (op) => [0x4140, 0x4180].includes(op & 0xffc0);
const touchesMemory = (op) => (op >= 0x5000 && op < 0xa000) || (op & 0xf000) === 0xc000;

/** The word that an operand is: small, large, at an edge, or an address in RAM where one is needed. */
function operand(address) {
  if (address) return RAM + (random() % 0x1000) * 4;
  const kind = random() % 4;
  if (kind === 0) return random() % 64;
  if (kind === 1) return [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe][random() % 6];
  return random();
}

const differ = [];
for (let tried = 0; tried < count; tried++) {
  let op = random() & 0xffff;
  while (!usable(op)) op = random() & 0xffff;
  const registers = Array.from({ length: 13 }, () => operand(touchesMemory(op)));
  if (touchesMemory(op) && op < 0x6000) registers[(op >>> 6) & 7] = (random() % 64) * 4;
  if (touchesMemory(op) && op < 0x6000 && ((op >>> 6) & 7) === ((op >>> 3) & 7)) continue;
  if (shiftsByRegister(op)) registers[(op >>> 3) & 7] = 1 + (random() % 31); // it gets the carry wrong beyond
  if (addsCarry(op)) for (const i of registers.keys()) registers[i] = (random() << 1) >>> 0; // or overflow
  const flags = random() >>> 28;
  if ((flags & 12) === 12) continue; // N and Z together come from no result
  const stack = RAM + 0x4000 + (random() % 64) * 4;

  for (const [i, value] of registers.entries()) {
    theirs.core.registers[i] = value;
    core.registers[i] = value;
  }
  for (let at = 0x4000; at < 0x4200; at += 4) {
    const word = CODE + 0x400 + ((random() % 64) * 2 + 1);
    theirs.sramView.setUint32(at, word, true);
    ours.sramView.setUint32(at, word, true);
  }
  for (const chip of [theirs, ours]) chip.sramView.setUint16(CODE - RAM, op, true);
  theirs.core.SP = stack;
  core.registers[SP] = stack;
  theirs.core.LR = CODE | 1;
  core.registers[14] = CODE | 1;
  theirs.core.PC = CODE;
  core.PC = CODE;
  Object.assign(theirs.core, {
    N: !!(flags & 8), Z: !!(flags & 4), C: !!(flags & 2), V: !!(flags & 1), currentMode: 0, waiting: false,
  });
  core.setApsr(flags << 28);
  core.masked = true;

  theirs.core.executeInstruction();
  core.run(clock.cycles + 1);

  const left = [...theirs.core.registers].map((x) => x >>> 0).concat((theirs.core.APSR >>> 28) & 15);
  const right = [...core.registers].map((x) => x >>> 0).concat((core.psr() >>> 28) & 15);
  left[15] = (left[15] & ~1) >>> 0;
  const at = left.findIndex((value, i) => value !== right[i]);
  const memory = Buffer.compare(Buffer.from(theirs.sram), Buffer.from(ours.sram));
  if (at >= 0 || memory) {
    differ.push({ op: op.toString(16), at, theirs: left[at], ours: right[at], flags, registers });
    ours.sram.set(theirs.sram);
  }
}
console.log(JSON.stringify({ tried: count, differ }));
