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

/** @throws MalformedError `malformed.carrier` */
export function decode(text: string): Bytes {
  if (text.length > MAX_DIGITS || !/^[0-9]+$/.test(text)) refuse('not the decimal digits of a code');
  const rest = DIGITS_OF.indexOf(text.length % BLOCK_DIGITS);
  if (rest < 0) refuse('digits are missing or too many');
  const blocks = Math.floor(text.length / BLOCK_DIGITS);
  const data = new Uint8Array(blocks * BLOCK_BYTES + rest);
  for (let at = 0, start = 0; at < data.length; at += BLOCK_BYTES, start += BLOCK_DIGITS) {
    const block = data.subarray(at, at + BLOCK_BYTES);
    write(BigInt(text.slice(start, start + BLOCK_DIGITS)), block);
  }
  return data;
}

function write(number: bigint, block: Bytes): void {
  const hex = number.toString(16).padStart(block.length * 2, '0');
  if (hex.length > block.length * 2) refuse('a block of digits is out of range');
  for (let index = 0; index < block.length; index++) {
    block[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
  }
}

function refuse(what: string): never {
  throw new MalformedError('malformed.carrier', what);
}
