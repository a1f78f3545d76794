// SPDX-License-Identifier: Apache-2.0
/** Byte strings: the few things that Python has built in. */

export type Bytes = Uint8Array<ArrayBuffer>;

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Write text as UTF-8. A lone surrogate becomes U+FFFD; formats refuse one before this. */
export function fromText(text: string): Bytes {
  return ENCODER.encode(text);
}

/**
 * Read UTF-8 strictly; a byte-order mark is a character like others.
 * @throws TypeError
 */
export function toText(data: Uint8Array): string {
  return DECODER.decode(data);
}

/** Write text that has ASCII characters only, which costs no call of the engine. */
export function fromAscii(text: string): Bytes {
  const data = new Uint8Array(text.length);
  for (let index = 0; index < data.length; index++) data[index] = text.charCodeAt(index);
  return data;
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) {
    if (one[index] !== other[index]) return false;
  }
  return true;
}

/** Read up to six bytes as an unsigned big-endian integer. */
export function toNumber(data: Uint8Array): number {
  let sum = 0;
  for (const byte of data) sum = sum * 256 + byte;
  return sum;
}

export function toHex(data: Uint8Array): string {
  let text = '';
  for (const byte of data) text += byte.toString(16).padStart(2, '0');
  return text;
}

export function toBigInt(data: Uint8Array): bigint {
  return BigInt(`0x0${toHex(data)}`);
}
