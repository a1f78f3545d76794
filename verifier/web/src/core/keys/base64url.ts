// SPDX-License-Identifier: Apache-2.0
/**
 * Canonical base64url without padding (RFC 4648 §5, RFC 7515 §2): one text for one byte string.
 *
 * Foreign characters, padding, a length that no bytes have, and unused bits that are not zero are
 * refused, so that no second text gives the same bytes.
 */

import { type Bytes, toText } from './bytes.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const CODE_OF = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const VALUE_OF = new Uint8Array(128).fill(255);
CODE_OF.forEach((code, value) => {
  VALUE_OF[code] = value;
});

export function encode(data: Uint8Array): string {
  const codes = new Uint8Array(lengthOf(data));
  encodeInto(data, codes, 0);
  return toText(codes);
}

/** Count the characters that so many bytes take. */
export function lengthOf(data: Uint8Array): number {
  return Math.ceil((data.length * 4) / 3);
}

/** Write the text form as ASCII into bytes from a place on, and return the place behind it. */
export function encodeInto(data: Uint8Array, out: Uint8Array, start: number): number {
  let at = start;
  const rest = data.length % 3;
  const whole = data.length - rest;
  let index = 0;
  for (; index < whole; index += 3) {
    const held = (byteAt(data, index) << 16) | (byteAt(data, index + 1) << 8) | byteAt(data, index + 2);
    out[at++] = codeOf(held >> 18);
    out[at++] = codeOf(held >> 12);
    out[at++] = codeOf(held >> 6);
    out[at++] = codeOf(held);
  }
  if (rest === 0) return at;
  const held = (byteAt(data, index) << 8) | (rest === 2 ? byteAt(data, index + 1) : 0);
  out[at++] = codeOf(held >> 10);
  out[at++] = codeOf(held >> 4);
  if (rest === 2) out[at++] = codeOf(held << 2);
  return at;
}

/** Read the canonical text form; null for any other text. */
export function decode(text: string): Bytes | null {
  const rest = text.length % 4;
  if (rest === 1) return null;
  const data = new Uint8Array(Math.floor((text.length * 3) / 4));
  let at = 0;
  let index = 0;
  // Whole groups first, without a branch a character: parts of a snapshot are megabytes.
  for (const end = text.length - rest; index < end; index += 4) {
    const a = valueAt(text, index);
    const b = valueAt(text, index + 1);
    const c = valueAt(text, index + 2);
    const d = valueAt(text, index + 3);
    if ((a | b | c | d) > 63) return null;
    data[at++] = (a << 2) | (b >> 4);
    data[at++] = (b << 4) | (c >> 2);
    data[at++] = (c << 6) | d;
  }
  if (rest === 0) return data;
  const a = valueAt(text, index);
  const b = valueAt(text, index + 1);
  const c = rest === 3 ? valueAt(text, index + 2) : 0;
  const unused = rest === 3 ? c & 3 : b & 15;
  if ((a | b | c) > 63 || unused !== 0) return null;
  data[at++] = (a << 2) | (b >> 4);
  if (rest === 3) data[at] = (b << 4) | (c >> 2);
  return data;
}

function codeOf(value: number): number {
  return CODE_OF[value & 63] as number;
}

// The bounds are those of the loop above.
function byteAt(data: Uint8Array, index: number): number {
  return data[index] as number;
}

function valueAt(text: string, index: number): number {
  // `?? 255`: behind the table stands nothing of the alphabet.
  return VALUE_OF[text.charCodeAt(index)] ?? 255;
}
