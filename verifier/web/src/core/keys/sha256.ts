// SPDX-License-Identifier: Apache-2.0
/**
 * SHA-256 (FIPS 180-4), twice: at once for short texts, WebCrypto's for long ones.
 *
 * WebCrypto answers later, through another thread; for the 700 bytes of a certificate the way there
 * costs more than the hash, and reading thousands of keys would wait thousands of times.
 */

import { type Bytes, concat } from './bytes.ts';
import { UntrustedError } from './errors.ts';

const FIRST_PRIMES = primes(64);
/** Fractions of the square and cube roots of the first primes (FIPS 180-4 §4.2.2, §5.3.3). */
const START = Uint32Array.from(FIRST_PRIMES.slice(0, 8), (prime) => fraction(prime, 2n));
const ROUND = Uint32Array.from(FIRST_PRIMES, (prime) => fraction(prime, 3n));

const BLOCK = 64;
const words = new Uint32Array(64);

/** Hash at once. */
export function sha256(data: Uint8Array): Bytes {
  const state = Uint32Array.from(START);
  const padding = new Uint8Array(((BLOCK + 55 - (data.length % BLOCK)) % BLOCK) + 9);
  padding[0] = 0x80;
  const length = new DataView(padding.buffer);
  length.setUint32(padding.length - 8, Math.floor(data.length / 2 ** 29));
  length.setUint32(padding.length - 4, (data.length << 3) >>> 0);
  const padded = concat(data, padding);
  const view = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += BLOCK) compress(state, view, at);
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, index) => digest.setUint32(index * 4, word));
  return new Uint8Array(digest.buffer);
}

/**
 * Hash with WebCrypto.
 * @throws UntrustedError `signature.unsupported` where a page has none
 */
export async function digest(data: Bytes): Promise<Bytes> {
  const { subtle } = crypto;
  if (subtle === undefined) {
    throw new UntrustedError('signature.unsupported', 'this page has no WebCrypto: open it by https');
  }
  return new Uint8Array(await subtle.digest('SHA-256', data));
}

function compress(state: Uint32Array, view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) words[i] = view.getUint32(at + i * 4);
  for (let i = 16; i < 64; i++) {
    const w15 = words[i - 15] as number;
    const w2 = words[i - 2] as number;
    const s0 = turn(w15, 7) ^ turn(w15, 18) ^ (w15 >>> 3);
    const s1 = turn(w2, 17) ^ turn(w2, 19) ^ (w2 >>> 10);
    words[i] = ((words[i - 16] as number) + s0 + (words[i - 7] as number) + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    number, number, number, number, number, number, number, number,
  ];
  for (let i = 0; i < 64; i++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const choice = (e & f) ^ (~e & g);
    const one = (h + s1 + choice + (ROUND[i] as number) + (words[i] as number)) | 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + s0 + majority) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] = ((state[index] as number) + word) | 0;
  });
}

function turn(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let number = 2; found.length < count; number++) {
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  }
  return found;
}

/** First 32 bits behind the point of an n-th root, by bisection in whole numbers. */
function fraction(number: number, n: bigint): number {
  const target = BigInt(number) << (32n * n);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** n <= target) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}
