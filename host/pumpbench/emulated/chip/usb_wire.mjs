// The device end of USB: takes over what rp2040js does when firmware hands a buffer to the controller. A host
// that has nothing to send, or no room, leaves the buffer alone (NAK), and every packet takes its time.

const [EP0_IN_CONTROL, LAST_CONTROL] = [0x80, 0xfc];
const [AVAILABLE, FULL, LENGTH, STALL] = [1 << 10, 1 << 15, 0x3ff, 1 << 11];
const DOUBLE_BUFFERED = 1 << 30;
const SECOND_BUFFER = 64;
const [OVERHEAD_BYTES, NANOS_PER_BYTE] = [13, 667]; // tokens, checksums and gaps, at 12 Mbit/s

const wireNanos = (length) => (length + OVERHEAD_BYTES) * NANOS_PER_BYTE;

export class UsbWire {
  /** @param host `takes(endpoint)`, `received(endpoint, bytes)`, `ready(endpoint)`, `stalled()`. */
  constructor(usb, clock, host) {
    this.usb = usb;
    this.clock = clock;
    this.host = host;
    this.in = []; // for each endpoint: packets that firmware has ready
    this.out = []; // for each endpoint: `{length}` when firmware has room
    this.inAlarms = [];
    this.outAlarms = [];
    for (let endpoint = 0; endpoint < 16; endpoint++) {
      this.in.push([]);
      this.out.push(null);
      this.inAlarms.push(clock.createAlarm(() => this.delivered(endpoint)));
      this.outAlarms.push(clock.createAlarm(() => this.arrived(endpoint)));
    }
    this.arriving = new Array(16).fill(null);
    usb.DPRAMUpdated = (offset, value) => {
      if (offset >= EP0_IN_CONTROL && offset <= LAST_CONTROL) this.handedOver(offset, value);
    };
  }

  /** The cable was pulled, or the bus reset: whatever was under way is gone. */
  clear() {
    for (const alarm of [...this.inAlarms, ...this.outAlarms]) alarm.cancel();
    for (const queue of this.in) queue.length = 0;
    this.out.fill(null);
    this.arriving.fill(null);
  }

  handedOver(offset, value) {
    const endpoint = (offset - EP0_IN_CONTROL) >> 3;
    const isOut = (offset & 4) !== 0;
    if (endpoint === 0 && value & STALL) this.host.stalled();
    // The second buffer has its turn after the first, however early TinyUSB hands it over.
    if (!(value & AVAILABLE)) return;
    const control = endpoint ? this.usb.readEndpointControlReg(endpoint, isOut) : 0;
    for (const half of control & DOUBLE_BUFFERED ? [0, 1] : [0]) {
      const field = value >>> (16 * half);
      if (!(field & AVAILABLE)) continue;
      const length = field & LENGTH;
      if (isOut) {
        this.out[endpoint] = { length, offset };
        this.host.ready(endpoint);
      } else {
        const start = this.usb.getEndpointBufferOffset(endpoint, false) + half * SECOND_BUFFER;
        const bytes = Uint8Array.from(this.usb.rp2040.usbDPRAM.subarray(start, start + length));
        this.in[endpoint].push({ bytes, half, offset });
      }
    }
    if (!isOut) this.fetch(endpoint);
  }

  /** Take the next packet of an endpoint, if the host wants it. */
  fetch(endpoint) {
    const packet = this.in[endpoint][0];
    if (!packet || this.inAlarms[endpoint].scheduled || !this.host.takes(endpoint)) return;
    this.inAlarms[endpoint].schedule(wireNanos(packet.bytes.length));
  }

  delivered(endpoint) {
    const packet = this.in[endpoint].shift();
    const { usbDPRAMView: memory } = this.usb.rp2040;
    const left = (AVAILABLE | FULL) << (16 * packet.half);
    memory.setUint32(packet.offset, memory.getUint32(packet.offset, true) & ~left, true);
    if (!this.in[endpoint].length) this.usb.indicateBufferReady(endpoint, false);
    this.host.received(endpoint, packet.bytes);
    this.fetch(endpoint);
  }

  /** How many bytes firmware has room for now, -1 when it has handed over no buffer. */
  room(endpoint) {
    return this.out[endpoint] && !this.arriving[endpoint] ? this.out[endpoint].length : -1;
  }

  send(endpoint, bytes) {
    this.arriving[endpoint] = bytes;
    this.outAlarms[endpoint].schedule(wireNanos(bytes.length));
  }

  arrived(endpoint) {
    const bytes = this.arriving[endpoint];
    this.arriving[endpoint] = null;
    const { usbDPRAMView: memory, usbDPRAM } = this.usb.rp2040;
    const { offset } = this.out[endpoint];
    this.out[endpoint] = null;
    const control = memory.getUint32(offset, true) & ~(LENGTH | AVAILABLE);
    memory.setUint32(offset, control | FULL | bytes.length, true);
    usbDPRAM.set(bytes, this.usb.getEndpointBufferOffset(endpoint, true));
    this.usb.indicateBufferReady(endpoint, true);
    this.host.sent(endpoint);
  }
}
