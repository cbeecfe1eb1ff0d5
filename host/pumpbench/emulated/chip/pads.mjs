// The pins as wires. rp2040js keeps what a pin drives apart from what it reads; here a pin reads what it
// drives, else what the bench drives, else what its pull makes of it, as the pads of a chip do.

export const FLOATING = 255;
const PAD_AT_RESET = 0x56; // input on, 4 mA, pull-down, Schmitt trigger (RP2040 data sheet, 2.19.6.3)

export class Pads {
  /** @param now function that returns the cycle of a change that the processor makes. */
  constructor(mcu, now) {
    this.mcu = mcu;
    this.now = now;
    this.levels = 0; // what the inputs read, a bit a pin
    this.before = 0; // the same before the change at `changedAt`
    this.changedAt = -Infinity;
    this.version = 0; // grows with every change
    this.bench = new Uint8Array(30).fill(FLOATING);
    this.watchers = new Array(30).fill(null);
    this.beforeChange = () => {}; // the processor or the bench is about to change a level
    this.afterChange = () => {};
    for (const pin of mcu.gpio) {
      pin.padValue = PAD_AT_RESET;
      pin.checkForUpdates = () => this.refresh(pin);
    }
    Object.defineProperty(mcu, 'gpioValues', { get: () => this.read(), configurable: true });
  }

  /** Whether some pin may interrupt the processor. */
  get interrupts() {
    return this.mcu.gpio.some((pin) => pin.irqEnableMask !== 0);
  }

  read() {
    this.beforeChange();
    return this.levels;
  }

  /** Call `watcher(level, cycle)` whenever the level on the wire changes. */
  watch(index, watcher) {
    this.watchers[index] = watcher;
  }

  /** Let the bench drive a wire: 0, 1, or FLOATING to let it go. The chip wins where it drives too. */
  drive(index, level) {
    if (this.bench[index] === level) return;
    this.bench[index] = level;
    this.refresh(this.mcu.gpio[index]);
  }

  levelOf(pin) {
    if (pin.outputEnable && !pin.outputDisable) return pin.outputValue ? 1 : 0;
    const bench = this.bench[pin.index];
    if (bench !== FLOATING) return bench;
    if (pin.pullupEnabled === pin.pulldownEnabled) return pin.wire ?? 0; // a floating wire stays as it was
    return pin.pullupEnabled ? 1 : 0;
  }

  refresh(pin) {
    this.beforeChange();
    const wire = this.levelOf(pin);
    let reads = wire && pin.inputEnable ? 1 : 0;
    if (pin.inputOverride) reads = [0, 1 - reads, 0, 1][pin.inputOverride]; // INOVER: turned round, low, high
    const cycle = this.now();
    if (wire !== (pin.wire ?? 0)) {
      pin.wire = wire;
      this.watchers[pin.index]?.(wire, cycle);
    }
    if (reads !== ((this.levels >>> pin.index) & 1)) {
      if (cycle !== this.changedAt) {
        this.before = this.levels;
        this.changedAt = cycle;
      }
      this.levels ^= 1 << pin.index;
      this.version++;
      pin.setInputValue(reads === 1);
      this.afterChange(pin.index, cycle);
    }
  }
}
