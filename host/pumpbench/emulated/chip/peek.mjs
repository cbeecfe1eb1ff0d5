// What a test may ask of the board beside its wires: the last edges, the marks, the figures of flash and core.

const COLUMNS = {
  edges: ['cycle', 'direction', 'enabled'],
  marks: ['cycle', 'pin', 'level'],
};

/** Answer `{what}`; marks are forgotten once they were told. */
export function peek(board, flash, { what }) {
  switch (what) {
    case 'edges':
      return {
        columns: COLUMNS.edges,
        steps: board.motor.made,
        position: board.motor.position,
        last: board.motor.edges,
        enable: board.motor.enableChanges,
      };
    case 'marks': {
      const changes = board.changes;
      board.changes = [];
      return { columns: COLUMNS.marks, changes };
    }
    default:
      return {
        cycle: board.cycles,
        powered: board.chip !== null,
        halted: board.chip?.halted ?? false,
        sleeping: board.chip?.core.waiting ?? false,
        pc: board.chip?.core.PC ?? 0,
        erased_sectors: flash.erasedSectors,
        programmed_pages: flash.programmedPages,
      };
  }
}
