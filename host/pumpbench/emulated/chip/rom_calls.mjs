// The flash functions of the boot ROM (rom/rom.c): each is a BKPT, carried out here.

import { CYCLES_PER_US } from './clock.mjs';

const [ERASE, PROGRAM, USB_BOOT] = [0xa2, 0xa3, 0xa6];
const ROM_BREAKS = 0xa0; // and above: nothing to do, but no fault either
const FAULT_BREAK = 0x11;

/** @param busy `(us)`: the processor stands still for that long. @param halt `(why)`: for good. */
export function serveRomCalls(core, mcu, flash, busy, halt) {
  core.onBreak = (number) => {
    const [r0, r1, r2] = core.registers;
    if (number === ERASE) {
      busy(flash.erase(r0, r1) * CYCLES_PER_US);
    } else if (number === PROGRAM) {
      const data = new Uint8Array(r2);
      for (let i = 0; i < r2; i++) data[i] = mcu.readUint8((r1 + i) >>> 0);
      busy(flash.program(r0, data) * CYCLES_PER_US);
    } else if (number === USB_BOOT) {
      halt('the chip waits for a new program (BOOTSEL), which is not emulated');
    } else if (number === FAULT_BREAK) {
      halt('hard fault before the firmware has set its own handler');
    } else if (number < ROM_BREAKS) {
      halt(`breakpoint ${number} at 0x${core.PC.toString(16)}`);
    }
  };
}
