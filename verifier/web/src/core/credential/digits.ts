// SPDX-License-Identifier: Apache-2.0
/**
 * Bytes as decimal digits in fixed blocks, for the numeric mode of a QR code (docs/format.md §4.2).
 *
 * A count of digits fits one count of bytes only, leading zeros are kept, and every block is below its
 * bound, so that one text stands for one byte string.
 */

import type { Bytes } from '../keys/bytes.ts';
import { MalformedError } from './errors.ts';

const MAX_BYTES = 1024;
const BLOCK_BYTES = 22;
/** Digits that a block of so many bytes takes: 0 3 5 8 10 13 15 … 53. */
const DIGITS_OF = Array.from({ length: BLOCK_BYTES + 1 }, (_, count) =>
  count === 0 ? 0 : String(256n ** BigInt(count) - 1n).length,
);
const BLOCK_DIGITS = DIGITS_OF[BLOCK_BYTES] as number;
const MAX_DIGITS =
  Math.floor(MAX_BYTES / BLOCK_BYTES) * BLOCK_DIGITS +
  (DIGITS_OF[MAX_BYTES % BLOCK_BYTES] as number);

const DIGITS = /^[0-9]+$/;
const ZERO = '0'.charCodeAt(0);
const LIMB = 2 ** 24;
/** One block as a number, the least significant first: 53 digits have 177 bits. */
const limbs = new Float64Array(8);

/** @throws MalformedError `malformed.carrier` */
export function decode(text: string): Bytes {
  if (text.length > MAX_DIGITS || !DIGITS.test(text)) refuse('not the decimal digits of a code');
  const rest = DIGITS_OF.indexOf(text.length % BLOCK_DIGITS);
  if (rest < 0) refuse('digits are missing or too many');
  const blocks = Math.floor(text.length / BLOCK_DIGITS);
  const data = new Uint8Array(blocks * BLOCK_BYTES + rest);
  for (let at = 0, start = 0; at < data.length; at += BLOCK_BYTES, start += BLOCK_DIGITS) {
    const end = Math.min(at + BLOCK_BYTES, data.length);
    write(text, start, Math.min(start + BLOCK_DIGITS, text.length), data, at, end);
  }
  return data;
}

/** Write the number of some digits into the bytes [at, end). */
function write(text: string, start: number, stop: number, data: Bytes, at: number, end: number): void {
  limbs.fill(0);
  let used = 0; // limbs that are not zero
  for (let index = start; index < stop; ) {
    // Seven digits more: every product stays below 2^53, so that numbers of the engine are exact.
    let [carry, scale] = [0, 1];
    for (const next = Math.min(index + 7, stop); index < next; index++) {
      carry = carry * 10 + text.charCodeAt(index) - ZERO;
      scale *= 10;
    }
    for (let limb = 0; limb < used; limb++) {
      const sum = limbAt(limb) * scale + carry;
      carry = Math.floor(sum / LIMB);
      limbs[limb] = sum - carry * LIMB;
    }
    if (carry > 0) limbs[used++] = carry;
  }
  for (let index = end - 1, limb = 0; index >= at; limb++) {
    let rest = limbAt(limb);
    for (const next = Math.max(index - 3, at - 1); index > next; index--) {
      data[index] = rest & 255;
      rest >>>= 8;
    }
    limbs[limb] = rest;
  }
  if (limbs.some((rest) => rest > 0)) refuse('a block of digits is out of range');
}

function limbAt(limb: number): number {
  return limbs[limb] as number;
}

function refuse(what: string): never {
  throw new MalformedError('malformed.carrier', what);
}
