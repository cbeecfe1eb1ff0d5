// The chip's time: whole cycles of its 125 MHz clock since power came on, and the alarms that rp2040js's
// peripherals set on it. Its nanoseconds are cycles too, so nothing in here knows the wall clock.

export const CYCLES_PER_SECOND = 125_000_000;
export const CYCLES_PER_US = 125;
export const NS_PER_CYCLE = 8;

/** One alarm, with the face that rp2040js expects. */
class Alarm {
  constructor(clock, callback) {
    this.clock = clock;
    this.callback = callback;
    this.nanos = 0;
    this.next = null;
    this.scheduled = false;
  }

  schedule(deltaNanos) {
    this.cancel();
    this.clock.insert(this, this.clock.nanos + deltaNanos);
  }

  cancel() {
    if (this.scheduled) this.clock.remove(this);
  }
}

export class Clock {
  constructor() {
    this.cycles = 0;
    this.due = Infinity; // cycle at which the first alarm is due
    this.onEarlier = () => {}; // an alarm was set before all others
    this.first = null;
    this.firing = -1; // nanoseconds of the alarm that is being served
  }

  get nanos() {
    return this.firing >= 0 ? this.firing : this.cycles * NS_PER_CYCLE;
  }

  get micros() {
    return this.nanos / 1000;
  }

  createAlarm(callback) {
    return new Alarm(this, callback);
  }

  /** Serve every alarm that is due; each sees its own time, so that periodic ones do not drift. */
  fire() {
    while (this.due <= this.cycles) {
      const alarm = this.first;
      this.remove(alarm);
      this.firing = alarm.nanos;
      alarm.callback();
      this.firing = -1;
    }
  }

  insert(alarm, nanos) {
    alarm.nanos = nanos;
    alarm.scheduled = true;
    let before = null;
    let after = this.first;
    while (after && after.nanos <= nanos) {
      before = after;
      after = after.next;
    }
    alarm.next = after;
    if (before) {
      before.next = alarm;
    } else {
      this.first = alarm;
      this.look();
      this.onEarlier();
    }
  }

  remove(alarm) {
    alarm.scheduled = false;
    if (this.first === alarm) {
      this.first = alarm.next;
      this.look();
      return;
    }
    let before = this.first;
    while (before.next !== alarm) before = before.next;
    before.next = alarm.next;
  }

  look() {
    this.due = this.first ? Math.ceil(this.first.nanos / NS_PER_CYCLE) : Infinity;
  }
}
