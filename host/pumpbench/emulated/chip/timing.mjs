// While a PIO may interrupt the processor, it is looked at this often, in cycles: so late may such an interrupt
// be taken. Edges are exact all the same.
export const IRQ_QUANTUM_CYCLES = 32;
