// SPDX-License-Identifier: Apache-2.0
/**
 * SHA-256 (FIPS 180-4), twice: at once for short texts, WebCrypto's for long ones.
 *
 * WebCrypto answers later, through another thread; for the 700 bytes of a certificate the way there
 * costs more than the hash, and reading thousands of keys would wait thousands of times.
 */

import type { Bytes } from './bytes.ts';
import { UntrustedError } from './errors.ts';

const FIRST_PRIMES = primes(64);
/** Fractions of the square and cube roots of the first primes (FIPS 180-4 §4.2.2, §5.3.3). */
const START = Int32Array.from(FIRST_PRIMES.slice(0, 8), (prime) => fraction(prime, 2n));
const ROUND = Int32Array.from(FIRST_PRIMES, (prime) => fraction(prime, 3n));

const BLOCK = 64; // bytes
const schedule = new Int32Array(64);
const state = new Int32Array(8);
const last = new Uint8Array(2 * BLOCK);

/** Hash at once. */
export function sha256(data: Uint8Array): Bytes {
  state.set(START);
  const whole = data.length - (data.length % BLOCK);
  for (let at = 0; at < whole; at += BLOCK) compress(data, at);
  // The rest, a one bit, zeros, and the length in bits: one block, or two.
  const rest = data.length - whole;
  const end = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;
  last.fill(0);
  last.set(data.subarray(whole));
  last[rest] = 0x80;
  const view = new DataView(last.buffer);
  view.setUint32(end - 8, Math.floor(data.length / 2 ** 29));
  view.setUint32(end - 4, (data.length << 3) >>> 0);
  for (let at = 0; at < end; at += BLOCK) compress(last, at);
  const hash = new DataView(new ArrayBuffer(4 * state.length));
  state.forEach((word, index) => hash.setInt32(index * 4, word));
  return new Uint8Array(hash.buffer);
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

function compress(data: Uint8Array, start: number): void {
  for (let i = 0, at = start; i < 16; i++, at += 4) {
    schedule[i] =
      (byteAt(data, at) << 24) |
      (byteAt(data, at + 1) << 16) |
      (byteAt(data, at + 2) << 8) |
      byteAt(data, at + 3);
  }
  for (let i = 16; i < 64; i++) {
    const w15 = wordAt(schedule, i - 15);
    const w2 = wordAt(schedule, i - 2);
    const s0 = turn(w15, 7) ^ turn(w15, 18) ^ (w15 >>> 3);
    const s1 = turn(w2, 17) ^ turn(w2, 19) ^ (w2 >>> 10);
    schedule[i] = wordAt(schedule, i - 16) + s0 + wordAt(schedule, i - 7) + s1;
  }
  let a = wordAt(state, 0);
  let b = wordAt(state, 1);
  let c = wordAt(state, 2);
  let d = wordAt(state, 3);
  let e = wordAt(state, 4);
  let f = wordAt(state, 5);
  let g = wordAt(state, 6);
  let h = wordAt(state, 7);
  for (let i = 0; i < 64; i++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const choice = (e & f) ^ (~e & g);
    const one = (h + s1 + choice + wordAt(ROUND, i) + wordAt(schedule, i)) | 0;
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
  state[0] = wordAt(state, 0) + a;
  state[1] = wordAt(state, 1) + b;
  state[2] = wordAt(state, 2) + c;
  state[3] = wordAt(state, 3) + d;
  state[4] = wordAt(state, 4) + e;
  state[5] = wordAt(state, 5) + f;
  state[6] = wordAt(state, 6) + g;
  state[7] = wordAt(state, 7) + h;
}

// The bounds are those of the loops; a test for undefined would cost more than the round.
function wordAt(words: Int32Array, at: number): number {
  return words[at] as number;
}

function byteAt(data: Uint8Array, at: number): number {
  return data[at] as number;
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
