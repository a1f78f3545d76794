// SPDX-License-Identifier: Apache-2.0
/**
 * The survivors of a stolen receipt key: which of its receipts are honest (docs/format.md §5.6).
 *
 * The first 16 bytes of SHA-256 of each of their signatures, sorted, distinct and joined, base64url.
 */

import type { Bytes } from '../keys/bytes.ts';
import { sha256 } from '../keys/sha256.ts';
import * as base64url from './base64url.ts';
import { refuse } from './members.ts';

const HASH_BYTES = 16;
const MAX_TEXT = 48 * 2 ** 20; // characters: the honest receipts of a year's epoch, two million

export class Survivors {
  readonly #data: Bytes;

  /**
   * Read the text of a snapshot's member.
   * @throws MalformedError `malformed.token` or `malformed.profile`
   */
  constructor(text: string) {
    if (text.length > MAX_TEXT) refuse('survivors', `longer than ${MAX_TEXT} characters`);
    const data = base64url.decode(text);
    this.#data = data;
    let rising = data.length % HASH_BYTES === 0;
    for (let at = HASH_BYTES; rising && at < data.length; at += HASH_BYTES) {
      rising = this.#order(at - HASH_BYTES, this.#hash(at)) < 0;
    }
    if (!rising) refuse('survivors', `not distinct hashes of ${HASH_BYTES} bytes in rising order`);
  }

  /** Tell whether the receipt with this signature is honest. */
  contains(signature: Bytes): boolean {
    const wanted = sha256(signature).subarray(0, HASH_BYTES);
    let [low, high] = [0, this.#data.length / HASH_BYTES];
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = this.#order(middle * HASH_BYTES, wanted);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return false;
  }

  #hash(at: number): Bytes {
    return this.#data.subarray(at, at + HASH_BYTES);
  }

  /** Compare the hash at a place with another: below, at or above zero. */
  #order(at: number, other: Bytes): number {
    const hash = this.#hash(at);
    const differs = hash.findIndex((byte, index) => byte !== other[index]);
    return differs < 0 ? 0 : (hash[differs] ?? 0) - (other[differs] ?? 0);
  }
}
