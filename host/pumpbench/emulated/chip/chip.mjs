// One life of the RP2040, from reset to reset: rp2040js's chip with our own core, PIO, pins, clock, watchdog,
// flash and USB host in it, and the loop that lets its time pass.

import { IRQ_QUANTUM_CYCLES } from './timing.mjs';
import { Clock } from './clock.mjs';
import { Core } from './core.mjs';
import { wireI2c } from './i2c.mjs';
import { Pads } from './pads.mjs';
import { Pios } from './pio/pios.mjs';
import { serveRomCalls } from './rom_calls.mjs';
import { fakeCore1, fixUarts, wireAdc } from './small_fixes.mjs';
import { QspiPins, Ssi } from './ssi.mjs';
import { UsbHost } from './usb_host.mjs';
import { Watchdog } from './watchdog.mjs';

const [SSI, IO_QSPI, WATCHDOG, PIO0, PIO1] = [0x18000, 0x40018, 0x40058, 0x50200, 0x50300];
const INITIAL_STACK = 0x20041f00;
const SECOND_STAGE = 0x10000000;
const FLASH_WINDOW = 16 << 20;

export class Chip {
  /**
   * @param parts `{RP2040, rom, flash, uniqueId}`: rp2040js's class, the boot ROM, the flash, eight bytes.
   * @param bench what stands around it: `i2c`, `measure(channel)`, `usb` (see UsbHost), `report(text)`.
   * @param kept what the watchdog keeps of the life before.
   */
  constructor(parts, bench, kept = null) {
    const clock = (this.clock = new Clock());
    const mcu = (this.mcu = new parts.RP2040(clock));
    this.resetWanted = false;
    this.halted = false;
    this.busyUntil = 0; // the processor stands still: the flash is being written
    mcu.logger = { debug() {}, info() {}, warn() {}, error() {} };
    useFlash(mcu, parts.flash.bytes);
    new Uint8Array(mcu.bootrom.buffer).set(parts.rom);

    const core = (this.core = new Core(mcu, clock));
    mcu.core = core;
    core.start(INITIAL_STACK, SECOND_STAGE);
    core.onFault = (what) => bench.report(`hard fault: ${what}`);
    clock.onEarlier = () => {
      if (clock.due < core.limit) core.limit = clock.due;
    };

    const pads = (this.pads = new Pads(mcu, () => this.pios.cycle()));
    const pios = (this.pios = new Pios(mcu, pads, clock));
    pios.onTouched = () => this.lookAround();
    mcu.pio.splice(0, 2, ...pios.blocks);
    const select = new Ssi(parts.uniqueId);
    this.watchdog = new Watchdog(clock, kept, () => this.wantReset());
    Object.assign(mcu.peripherals, {
      [SSI]: select,
      [IO_QSPI]: new QspiPins(() => select.endCommand()),
      [WATCHDOG]: this.watchdog,
      [PIO0]: pios.blocks[0],
      [PIO1]: pios.blocks[1],
    });
    serveRomCalls(core, mcu, parts.flash, (cycles) => this.standStill(cycles), (why) => {
      bench.report(why);
      this.halt();
    });
    fixUarts(mcu);
    fakeCore1(mcu);
    wireAdc(mcu, clock, bench.measure);
    for (const i2c of mcu.i2c) wireI2c(i2c, clock, bench.i2c);
    this.usb = new UsbHost(mcu, clock, bench.usb);
  }

  get cycles() {
    return this.clock.cycles;
  }

  /** Let time pass up to `until` cycles of this life; stops early when a reset is wanted. */
  run(until) {
    const { clock, core, pios } = this;
    while (clock.cycles < until && !this.resetWanted) {
      if (clock.due <= clock.cycles) clock.fire();
      if (this.resetWanted) break;
      const limit = Math.min(until, clock.due);
      if (clock.cycles < this.busyUntil) clock.cycles = Math.min(limit, this.busyUntil);
      else if (this.halted) clock.cycles = limit;
      else if (core.waiting) this.sleep(limit);
      else this.work(limit);
    }
    pios.sync();
  }

  /** Something on a PIO's side may interrupt or wake the processor. */
  get watchful() {
    return this.pios.active && (this.pios.mayInterrupt || this.pads.interrupts || this.dmaBusy);
  }

  get dmaBusy() {
    return this.mcu.dma.channels.some((channel) => channel.active);
  }

  work(limit) {
    const { clock, core, pios } = this;
    if (!this.watchful) {
      core.run(limit);
      return;
    }
    core.run(Math.min(limit, clock.cycles + IRQ_QUANTUM_CYCLES));
    pios.sync();
  }

  sleep(limit) {
    const { clock, core, pios } = this;
    if (!this.watchful) {
      clock.cycles = limit;
      return;
    }
    pios.run(limit, core);
    clock.cycles = core.waiting ? limit : Math.max(clock.cycles, Math.ceil(pios.reached / 256));
  }

  standStill(cycles) {
    this.busyUntil = this.clock.cycles + cycles;
    this.lookAround();
  }

  wantReset() {
    this.resetWanted = true;
    this.lookAround();
  }

  halt() {
    this.halted = true;
    this.lookAround();
  }

  /** Come back from the core after this instruction. */
  lookAround() {
    this.core.limit = 0;
    this.core.stopped = true;
  }
}

/** Let the chip see the flash that outlives it; rp2040js makes one of its own. */
function useFlash(mcu, bytes) {
  if (bytes.length !== FLASH_WINDOW) throw new Error(`the flash window is ${FLASH_WINDOW} bytes`);
  mcu.flash = bytes;
  mcu.flash16 = new Uint16Array(bytes.buffer);
  mcu.flashView = new DataView(bytes.buffer);
}
