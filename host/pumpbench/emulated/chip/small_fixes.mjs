// Small things that rp2040js has otherwise than the chip, each put right on the one chip it is given.

const UART_TX_INTERRUPT = 1 << 5;
const [FIFO_STATUS, FIFO_READ] = [0x50, 0x58];
const FIFO_READY = 2;
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

/** The FIFO to the other core, which is not emulated: always room, never a word. */
export function fixCoreFifo(mcu) {
  const { sio } = mcu;
  const [read, write] = [sio.readUint32.bind(sio), sio.writeUint32.bind(sio)];
  sio.readUint32 = (offset) => {
    if (offset === FIFO_STATUS) return FIFO_READY;
    return offset === FIFO_READ ? 0 : read(offset);
  };
  sio.writeUint32 = (offset, value) => {
    if (offset < FIFO_STATUS || offset > FIFO_READ) write(offset, value);
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
