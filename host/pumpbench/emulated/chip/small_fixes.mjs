// Small things that rp2040js has otherwise than the chip, each put right on the one chip it is given.

const UART_TX_INTERRUPT = 1 << 5;
const [FIFO_STATUS, FIFO_READ] = [0x50, 0x58];
const [FIFO_VALID, FIFO_READY] = [1, 2];
const PSM = 0x40010;
const CORE_1 = 1 << 16;
const ADC_SAMPLE_US = 2;

/** The UART's transmit interrupt is an event, not a state: without this `machine.UART()` never returns. */
export function fixUarts(mcu) {
  for (const uart of mcu.uart) {
    uart.checkInterrupts = () => {
      mcu.setInterrupt(uart.irq, (uart.interruptStatus & uart.interruptMask) !== 0);
    };
    const write = uart.writeUint32.bind(uart);
    uart.writeUint32 = (offset, value) => {
      write(offset, value);
      if (offset === 0) {
        uart.interruptStatus |= UART_TX_INTERRUPT;
        uart.checkInterrupts();
      }
    };
  }
}

/** Core 1 never runs, but when it is taken out of reset it says so in the FIFO, as its boot ROM does (2.8.2). */
export function fakeCore1(mcu) {
  const { sio } = mcu;
  const psm = mcu.peripherals[PSM];
  const words = [];
  const [read, write] = [sio.readUint32.bind(sio), sio.writeUint32.bind(sio)];
  sio.readUint32 = (offset) => {
    if (offset === FIFO_STATUS) return FIFO_READY | (words.length ? FIFO_VALID : 0);
    return offset === FIFO_READ ? (words.shift() ?? 0) : read(offset);
  };
  sio.writeUint32 = (offset, value) => {
    if (offset < FIFO_STATUS || offset > FIFO_READ) write(offset, value);
  };
  const force = psm.writeUint32.bind(psm);
  psm.writeUint32 = (offset, value) => {
    const wasOff = psm.frceOff & CORE_1;
    force(offset, value);
    if (wasOff && !(psm.frceOff & CORE_1)) words.push(0);
  };
}

/** What the ADC measures comes from the bench: `measure(channel)` in 0..4095. */
export function wireAdc(mcu, clock, measure) {
  const { adc } = mcu;
  let channel = 0;
  const alarm = clock.createAlarm(() => adc.completeADCRead(measure(channel), false));
  adc.onADCRead = (wanted) => {
    channel = wanted;
    alarm.schedule(ADC_SAMPLE_US * 1000);
  };
}
