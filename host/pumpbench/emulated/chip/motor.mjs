// The motor's driver, as it sees STEP, DIR and ENABLE: counts the edges, and keeps when the last ones came.

const KEPT_EDGES = 1024;

export class Motor {
  /** @param wiring `{step, dir, enable, forwardLevel, enabledLevel}`: pins, -1 where there is none. */
  constructor(wiring) {
    this.wiring = wiring;
    this.made = 0; // rising edges of STEP, whether the driver is on or not
    this.position = 0; // those that turned the motor, forward less backward
    this.edges = []; // [cycle, direction (1, -1), driver on] of the last ones
    this.direction = wiring.forwardLevel ? -1 : 1; // a wire at rest is low
    this.enabled = false;
    this.enableChanges = []; // [cycle, on]
  }

  /** Watch the pins of a chip; `base` is when that chip came out of reset, in cycles of the bench. */
  attach(pads, base) {
    const { step, dir, enable, forwardLevel, enabledLevel } = this.wiring;
    pads.watch(step, (level, cycle) => {
      if (level) this.step(base + cycle);
    });
    if (dir >= 0) {
      pads.watch(dir, (level) => {
        this.direction = level === forwardLevel ? 1 : -1;
      });
    }
    if (enable >= 0) {
      // The driver's own pull keeps it off while the chip does not drive the pin.
      pads.drive(enable, 1 - enabledLevel);
      pads.watch(enable, (level, cycle) => this.enable(level === enabledLevel, base + cycle));
    } else {
      this.enabled = true;
    }
  }

  step(cycle) {
    this.made++;
    if (this.enabled) this.position += this.direction;
    this.edges.push([cycle, this.direction, this.enabled]);
    if (this.edges.length >= 2 * KEPT_EDGES) this.edges.splice(0, KEPT_EDGES);
  }

  enable(on, cycle) {
    if (on === this.enabled) return;
    this.enabled = on;
    this.enableChanges.push([cycle, on]);
    if (this.enableChanges.length > KEPT_EDGES) this.enableChanges.shift();
  }

  /** The chip has lost its supply, or is being reset: nothing drives the pins. */
  released(cycle) {
    if (this.wiring.enable >= 0) this.enable(false, cycle);
    this.direction = this.wiring.forwardLevel ? -1 : 1;
  }
}
