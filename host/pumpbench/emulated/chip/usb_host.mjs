// The computer at the other end of the cable: enumerates the device whenever it shows itself, and serves every
// CDC (serial port) function that it finds, the REPL's being the first.

import { UsbWire } from './usb_wire.mjs';

const PULLUP_EN = 1 << 16;
const [SUSPENDED, DEV_SUSPEND] = [1 << 4, 1 << 14];
const [DESCRIPTOR_INTERFACE, DESCRIPTOR_ENDPOINT] = [4, 5];
const [CLASS_COMM, CLASS_DATA] = [2, 10];
const [DEVICE, CONFIGURATION] = [0x100, 0x200];
const LINE_CODING = [0x00, 0xc2, 0x01, 0x00, 0, 0, 8]; // 115,200 8N1
const CONTROL_TIMEOUT_NS = 2e9;

/** One serial port, by its number among the device's; what it is made of changes with each enumeration. */
class Port {
  constructor() {
    this.control = this.in = this.out = -1;
    this.toSend = [];
    this.credit = 0; // bytes that whoever reads it will take
    this.open = false;
  }
}

export class UsbHost {
  /** @param listener `plugged(count)`, `received(port, bytes)`, `taken(port, count)`. */
  constructor(mcu, clock, listener) {
    this.usb = mcu.usbCtrl;
    this.listener = listener;
    this.ports = [];
    this.configured = false;
    this.cable = false;
    this.pullup = false;
    this.requests = [];
    this.current = null;
    this.wire = new UsbWire(this.usb, clock, this);
    this.patience = clock.createAlarm(() => this.stalled());
    this.usb.onUSBEnabled = () => {};
    this.usb.onResetReceived = () => this.enumerate();
    const original = this.usb.handleSieCtrlWrite.bind(this.usb);
    this.usb.handleSieCtrlWrite = (value) => {
      original(value);
      this.setPullup((value & PULLUP_EN) !== 0);
    };
  }

  // --- cable and device appear and go ---

  setCable(cable) {
    if (cable === this.cable) return;
    this.cable = cable;
    if (cable) this.look();
    else this.detached();
  }

  setPullup(pullup) {
    if (pullup === this.pullup) return;
    this.pullup = pullup;
    if (pullup) this.look();
    else this.detached();
  }

  look() {
    if (!this.cable || !this.pullup) return;
    this.suspend(false);
    this.usb.resetDevice();
  }

  detached() {
    this.wire.clear();
    this.usb.resetAlarm.cancel();
    this.patience.cancel();
    this.requests = [];
    this.current = null;
    if (this.pullup) this.suspend(true); // an idle bus
    if (this.configured) {
      this.configured = false;
      this.listener.plugged(0);
    }
    this.ports = [];
  }

  suspend(on) {
    if (on) this.usb.sieStatus |= SUSPENDED;
    else this.usb.sieStatus &= ~SUSPENDED;
    if (on) this.usb.intRaw |= DEV_SUSPEND;
    this.usb.sieStatusUpdated();
  }

  // --- enumeration ---

  enumerate() {
    if (!this.cable) return;
    if (this.configured) this.listener.plugged(0);
    this.configured = false;
    this.wire.clear();
    this.requests = [];
    this.current = null;
    this.ask(0x00, 5, 1, 0, 0); // SET_ADDRESS
    this.ask(0x80, 6, DEVICE, 0, 18);
    this.ask(0x80, 6, CONFIGURATION, 0, 9, (head) => {
      this.ask(0x80, 6, CONFIGURATION, 0, head[2] | (head[3] << 8), (whole) => this.configure(whole));
    });
  }

  configure(descriptor) {
    this.ports = portsOf(descriptor);
    this.ask(0x00, 9, 1, 0, 0, () => {
      this.configured = true;
      this.listener.plugged(this.ports.length);
    });
    for (const port of this.ports) this.ask(0x21, 0x20, 0, port.control, LINE_CODING.length, null, LINE_CODING);
  }

  /** Queue a control transfer; `done(bytes)` gets what the device answered. */
  ask(type, request, value, index, length, done = null, data = null) {
    const setup = [type, request, value & 255, value >> 8, index & 255, index >> 8, length & 255, length >> 8];
    this.requests.push({ setup, length, done, data, answer: [], reads: (type & 0x80) !== 0 });
    this.nextRequest();
  }

  nextRequest() {
    if (this.current || !this.requests.length) return;
    this.current = this.requests.shift();
    this.wire.in[0].length = 0;
    this.wire.out[0] = null;
    this.patience.schedule(CONTROL_TIMEOUT_NS);
    this.usb.sendSetupPacket(Uint8Array.from(this.current.setup));
  }

  /** The device refuses the request under way, or does not answer. */
  stalled() {
    this.finish(false);
  }

  finish(well) {
    const request = this.current;
    if (!request) return;
    this.current = null;
    this.patience.cancel();
    if (well) request.done?.(Uint8Array.from(request.answer));
    this.nextRequest();
  }

  // --- what the wire asks and tells ---

  takes(endpoint) {
    if (endpoint === 0) return this.current !== null;
    const port = this.ports.find((one) => one.in === endpoint);
    return this.configured && port !== undefined && port.credit > 0;
  }

  received(endpoint, bytes) {
    if (endpoint === 0) {
      this.controlReceived(bytes);
      return;
    }
    const number = this.ports.findIndex((port) => port.in === endpoint);
    if (number < 0 || !bytes.length) return;
    this.ports[number].credit -= bytes.length;
    this.listener.received(number, bytes);
  }

  controlReceived(bytes) {
    const request = this.current;
    if (!request) return;
    request.answer.push(...bytes);
    if (!request.reads || request.answer.length >= request.length || bytes.length < 64) {
      request.answered = true;
      if (!request.reads) this.finish(true);
      else this.ready(0);
    }
  }

  ready(endpoint) {
    if (this.wire.room(endpoint) < 0) return;
    if (endpoint === 0) {
      const request = this.current;
      if (request?.data) {
        this.wire.send(0, Uint8Array.from(request.data));
        request.data = null;
      } else if (request?.reads && request.answered) {
        this.wire.send(0, new Uint8Array(0)); // the status stage
      }
      return;
    }
    const number = this.ports.findIndex((port) => port.out === endpoint);
    if (number >= 0) this.sendMore(number);
  }

  sent(endpoint) {
    if (endpoint === 0 && this.current?.reads) this.finish(true);
  }

  // --- the serial ports ---

  /** Send `bytes` to the device as soon as it takes them. */
  write(number, bytes) {
    const port = this.ports[number];
    if (!port) return;
    port.toSend.push(bytes);
    this.sendMore(number);
  }

  sendMore(number) {
    const port = this.ports[number];
    const room = this.wire.room(port.out);
    if (!this.configured || room <= 0 || !port.toSend.length) return;
    const first = port.toSend[0];
    const size = Math.min(room, 64, first.length);
    this.wire.send(port.out, Uint8Array.from(first.subarray(0, size)));
    if (size < first.length) port.toSend[0] = first.subarray(size);
    else port.toSend.shift();
    this.listener.taken(number, size);
  }

  /** Whoever reads the port will take this many bytes more. */
  give(number, count) {
    const port = this.ports[number];
    if (!port) return;
    port.credit += count;
    this.wire.fetch(port.in);
  }

  /** A program opens or closes the port: the device sees DTR. */
  setOpen(number, open) {
    const port = this.ports[number];
    if (!port || port.open === open) return;
    port.open = open;
    this.ask(0x21, 0x22, open ? 3 : 0, port.control, 0);
  }
}

/** The serial ports that a configuration descriptor tells of, in their order. */
function portsOf(descriptor) {
  const ports = [];
  let control = -1;
  let isData = false;
  for (let at = 0; at + 1 < descriptor.length && descriptor[at]; at += descriptor[at]) {
    const kind = descriptor[at + 1];
    if (kind === DESCRIPTOR_INTERFACE) {
      const cls = descriptor[at + 5];
      if (cls === CLASS_COMM) control = descriptor[at + 2];
      isData = cls === CLASS_DATA;
      if (isData) {
        const port = new Port();
        port.control = control;
        ports.push(port);
      }
    } else if (kind === DESCRIPTOR_ENDPOINT && isData) {
      const address = descriptor[at + 2];
      if (address & 0x80) ports.at(-1).in = address & 15;
      else ports.at(-1).out = address & 15;
    }
  }
  return ports;
}
