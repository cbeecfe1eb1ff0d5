// What a test may ask of the board beside its wires: the last edges, the marks, the figures of flash and core.

import { heap } from './heap.mjs';
import { STALL } from './pio/operands.mjs';

const COLUMNS = {
  edges: ['cycle', 'direction', 'enabled'],
  marks: ['cycle', 'pin', 'level'],
};

// An answer must fit into one frame of the bench's (65,535 bytes).
const [MOST_EDGES, MOST_ENABLES, MOST_MARKS] = [1000, 100, 1500];

/** The machines that wait for nothing. */
function running(machines) {
  return machines.filter(({ enabled, stall }) => enabled && stall === STALL.NONE).map(({ index }) => index);
}

/** Answer `{what}`. Marks are forgotten once they were told; where there are many, the first ones are told. */
export function peek(board, flash, { what }) {
  switch (what) {
    case 'edges':
      return {
        columns: COLUMNS.edges,
        steps: board.motor.made,
        position: board.motor.position,
        last: board.motor.edges.slice(-MOST_EDGES),
        enable: board.motor.enableChanges.slice(-MOST_ENABLES),
      };
    case 'marks': {
      const changes = board.changes.splice(0, MOST_MARKS);
      return { columns: COLUMNS.marks, changes, more: board.changes.length };
    }
    case 'heap':
      return board.chip ? heap(board.chip.mcu.sram) : { used: null, free: null };
    default:
      return {
        cycle: board.cycles,
        powered: board.chip !== null,
        halted: board.chip?.halted ?? false,
        sleeping: board.chip?.core.waiting ?? false,
        pc: board.chip?.core.PC ?? 0,
        pio_runs: board.chip?.pios.blocks.map((block) => running(block.machines)) ?? [[], []],
        erased_sectors: flash.erasedSectors,
        programmed_pages: flash.programmedPages,
      };
  }
}
