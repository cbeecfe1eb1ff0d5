// The I2C controllers' missing parts: bytes take their time on the bus, a missing acknowledge ends a transfer
// the way the data sheet says (4.3.7), and the devices on the bench answer.

import { NS_PER_CYCLE } from './clock.mjs';

const TX_EMPTY = 1 << 4;
const BITS_PER_BYTE = 9;
const READ = 1;
const LONGEST_READ = 18; // more than any sensor of ours sends

/** @param bench `present(address)`, `write(address, bytes)`: acknowledged or not; `read(address, count)`: bytes,
 *  null when not acknowledged. */
export function wireI2c(i2c, clock, bench) {
  const later = (() => {
    let action = null;
    const alarm = clock.createAlarm(() => action());
    return (bits, next) => {
      action = next;
      alarm.schedule(bits * (i2c.sclLowPeriod + i2c.sclHighPeriod) * NS_PER_CYCLE);
    };
  })();
  let written = [];
  let ready = [];
  let target = 0;

  // rp2040js says that the transmit FIFO is empty as soon as a byte has left it; TX_EMPTY_CTRL, which the SDK
  // sets, says so when the byte is through.
  const setInterrupts = i2c.setInterrupts.bind(i2c);
  i2c.setInterrupts = (mask) => {
    if (mask !== TX_EMPTY || !i2c.busy) setInterrupts(mask);
  };
  const empty = () => {
    if (i2c.txFIFO.itemCount <= i2c.txThreshold) setInterrupts(TX_EMPTY);
  };
  const abort = i2c.abort.bind(i2c);
  i2c.abort = (reason) => {
    abort(reason);
    setInterrupts(TX_EMPTY);
  };

  const flush = () => {
    if (!written.length) return true;
    const ok = bench.write(target, Uint8Array.from(written));
    written = [];
    return ok;
  };
  i2c.onStart = () => later(1, () => i2c.completeStart());
  i2c.onConnect = (address, mode) => {
    later(BITS_PER_BYTE, () => {
      flush(); // a repeated start ends what was written before
      target = address;
      ready = [];
      if (mode === READ) {
        const bytes = bench.read(address, LONGEST_READ);
        if (bytes) ready = [...bytes];
        i2c.completeConnect(bytes !== null);
      } else {
        i2c.completeConnect(bench.present(address));
      }
    });
  };
  i2c.onWriteByte = (byte) => {
    written.push(byte);
    later(BITS_PER_BYTE, () => {
      const ok = i2c.stop ? flush() : true; // the device judges a command when it is whole
      empty();
      i2c.completeWrite(ok);
    });
  };
  i2c.onReadByte = () => {
    later(BITS_PER_BYTE, () => {
      empty();
      i2c.completeRead(ready.length ? ready.shift() : 0xff);
    });
  };
  i2c.onStop = () => later(1, () => {
    flush();
    i2c.completeStop();
  });
}
