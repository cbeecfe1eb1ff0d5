// Loads and stores of several registers: `list` has one bit a register, the lowest at the lowest address.

import { LR, SP } from './registers.mjs';

const LR_IN_LIST = 0x100;

/** Store registers from `address` on; return the address behind the last. */
export function storeList(core, list, address, cycle) {
  for (let i = 0; i < 8; i++) {
    if (list & (1 << i)) {
      core.memory.store32(address, core.registers[i], cycle);
      address = (address + 4) | 0;
    }
  }
  return address;
}

/** Load registers from `address` on; return the address behind the last. */
export function loadList(core, list, address, cycle) {
  for (let i = 0; i < 8; i++) {
    if (list & (1 << i)) {
      core.registers[i] = core.memory.load32(address, cycle);
      address = (address + 4) | 0;
    }
  }
  return address;
}

/** PUSH; return how many registers. */
export function push(core, list, cycle) {
  const r = core.registers;
  const top = r[SP];
  let address = top;
  if (list & LR_IN_LIST) {
    address -= 4;
    core.memory.store32(address, r[LR], cycle);
  }
  for (let i = 7; i >= 0; i--) {
    if (list & (1 << i)) {
      address -= 4;
      core.memory.store32(address, r[i], cycle);
    }
  }
  r[SP] = address;
  return (top - address) >> 2;
}
