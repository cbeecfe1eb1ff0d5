// Small things that rp2040js has otherwise than the chip, each put right on the one chip it is given.

const UART_TX_INTERRUPT = 1 << 5;
const TEMPERATURE_CHANNEL = 4;
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

/** What the temperature sensor's voltage reads at a temperature (RP2040 data sheet, 4.9.5). */
export function temperatureReading(celsius) {
  return Math.round(((0.706 - (celsius - 27) * 0.001721) / 3.3) * 4095);
}

export { TEMPERATURE_CHANNEL };
