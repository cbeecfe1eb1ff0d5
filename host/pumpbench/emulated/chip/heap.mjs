// MicroPython's heap as it lies in the chip's memory, what nobody needs any more included. Nothing in the image
// tells where that is, so its own description is looked for: five words that fit each other as no others do
// (`mp_state_mem_area_t`, py/mpstate.h).

const SRAM = 0x20000000;
const BLOCK = 16; // bytes: four words
const BLOCKS_A_BYTE = 4; // of the table, which has two bits for each: 0 when it is free

/** Where the heap's table begins and how many bytes it has; null before there is a heap. */
function find(words) {
  for (let i = 0; i + 4 < words.length; i++) {
    const bytes = words[i + 1];
    if (bytes === 0 || words[i + 4] - words[i + 3] !== bytes * BLOCKS_A_BYTE * BLOCK) continue;
    const [table, , finalisers, pool] = words.subarray(i, i + 4);
    if (table >= SRAM && finalisers >= table + bytes && pool > finalisers) return { table: table - SRAM, bytes };
  }
  return null;
}

/** Bytes in use and free; null before there is a heap. */
export function heap(sram) {
  const found = find(new Uint32Array(sram.buffer, sram.byteOffset, sram.length >> 2));
  if (!found) return { used: null, free: null };
  let used = 0;
  for (const byte of sram.subarray(found.table, found.table + found.bytes)) {
    for (let shift = 0; shift < 8; shift += 2) used += (byte >> shift) & 3 ? BLOCK : 0;
  }
  return { used, free: found.bytes * BLOCKS_A_BYTE * BLOCK - used };
}
