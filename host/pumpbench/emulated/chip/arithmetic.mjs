// Arithmetic and logic: what changes flags leaves them in the core (registers.mjs).

export function add(core, a, b) {
  const sum = (a + b) | 0;
  core.nz = sum;
  core.carry = sum >>> 0 < a >>> 0 ? 1 : 0;
  core.overflow = ((a ^ sum) & (b ^ sum)) >>> 31;
  return sum;
}

export function subtract(core, a, b) {
  const difference = (a - b) | 0;
  core.nz = difference;
  core.carry = a >>> 0 >= b >>> 0 ? 1 : 0;
  core.overflow = ((a ^ b) & (a ^ difference)) >>> 31;
  return difference;
}

function addWithCarry(core, a, b) {
  const whole = (a >>> 0) + (b >>> 0) + core.carry;
  const sum = whole | 0;
  core.nz = sum;
  core.carry = whole > 0xffffffff ? 1 : 0;
  core.overflow = ((a ^ sum) & (b ^ sum)) >>> 31;
  return sum;
}

/** By 0 to 255; 0 leaves the carry as it is. */
export function shiftLeft(core, a, n) {
  if (n) core.carry = n > 32 ? 0 : (n === 32 ? a : a >>> (32 - n)) & 1;
  return (core.nz = n > 31 ? 0 : a << n);
}

export function shiftRight(core, a, n) {
  if (n) core.carry = n > 32 ? 0 : (a >>> (n - 1)) & 1;
  return (core.nz = n > 31 ? 0 : (a >>> n) | 0);
}

export function shiftRightSigned(core, a, n) {
  if (n) core.carry = (a >> Math.min(n - 1, 31)) & 1;
  return (core.nz = a >> Math.min(n, 31));
}

function rotateRight(core, a, n) {
  const turn = n & 31;
  core.nz = turn ? (a >>> turn) | (a << (32 - turn)) : a;
  if (n) core.carry = core.nz >>> 31;
  return core.nz;
}

/** The sixteen instructions of the group "data processing". */
export function processData(core, op) {
  const r = core.registers;
  const rd = op & 7;
  const a = r[rd];
  const b = r[(op >>> 3) & 7];
  switch ((op >>> 6) & 15) {
    case 0: // ANDS
      core.nz = r[rd] = a & b;
      break;
    case 1: // EORS
      core.nz = r[rd] = a ^ b;
      break;
    case 2: // LSLS
      r[rd] = shiftLeft(core, a, b & 0xff);
      break;
    case 3: // LSRS
      r[rd] = shiftRight(core, a, b & 0xff);
      break;
    case 4: // ASRS
      r[rd] = shiftRightSigned(core, a, b & 0xff);
      break;
    case 5: // ADCS
      r[rd] = addWithCarry(core, a, b);
      break;
    case 6: // SBCS
      r[rd] = addWithCarry(core, a, ~b);
      break;
    case 7: // RORS
      r[rd] = rotateRight(core, a, b & 0xff);
      break;
    case 8: // TST
      core.nz = a & b;
      break;
    case 9: // RSBS
      r[rd] = subtract(core, 0, b);
      break;
    case 10: // CMP
      subtract(core, a, b);
      break;
    case 11: // CMN
      add(core, a, b);
      break;
    case 12: // ORRS
      core.nz = r[rd] = a | b;
      break;
    case 13: // MULS
      core.nz = r[rd] = Math.imul(a, b);
      break;
    case 14: // BICS
      core.nz = r[rd] = a & ~b;
      break;
    default: // MVNS
      core.nz = r[rd] = ~b;
  }
}

/** SXTH, SXTB, UXTH, UXTB: a part of the word, with its sign or without. */
export function extend(op, value) {
  switch ((op >>> 6) & 3) {
    case 0:
      return (value << 16) >> 16;
    case 1:
      return (value << 24) >> 24;
    case 2:
      return value & 0xffff;
    default:
      return value & 0xff;
  }
}

/** REV, REV16, REVSH: the bytes the other way round, in the word or in its halves. */
export function reverse(op, value) {
  const halves = ((value & 0x00ff00ff) << 8) | ((value >>> 8) & 0x00ff00ff);
  switch ((op >>> 6) & 3) {
    case 0:
      return (halves << 16) | (halves >>> 16);
    case 1:
      return halves;
    default:
      return (halves << 16) >> 16;
  }
}
