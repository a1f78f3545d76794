// SPDX-License-Identifier: Apache-2.0
/**
 * A status list: two bits for each of 2²⁰ certificates (docs/format.md §5.4).
 *
 *     {"sub":"https://HOST/status/1","iat":n,"exp":n,"status_list":{"bits":2,"lst":"eNpjYBgFgw…"}}
 *
 * Entry n is bits 2·(n mod 4) and up of byte n div 4: the least significant first; 0 valid, 1 revoked,
 * 2 suspended, 3 superseded.
 */

import type { Bytes } from '../keys/bytes.ts';
import * as base64url from './base64url.ts';
import * as canonical from './canonical.ts';
import * as deflate from './deflate.ts';
import { LIST_ENTRIES, Members, refuse, statusUri } from './members.ts';

const BITS = 2; // of one entry
const BYTES = (LIST_ENTRIES * BITS) / 8; // of an inflated list: 262,144
const FINAL = 0x55; // the low bit of every entry: revoked or superseded

export interface StatusList {
  /** `https://HOST/status/<list>`, as certificates name it. */
  readonly uri: string;
  readonly iat: number;
  readonly exp: number;
  /** 262,144 bytes. */
  readonly bits: Bytes;
}

/** Read one entry: 0 to 3, or null where the list has no such entry. */
export function status(list: StatusList, index: number): number | null {
  const byte = list.bits[Math.floor(index / 4)];
  return byte === undefined ? null : (byte >> (BITS * (index % 4))) & 3;
}

/** Tell whether everything revoked or superseded in an older list still is either. */
export function keepsFinal(list: StatusList, older: StatusList): boolean {
  return older.bits.every((byte, at) => (byte & ~(list.bits[at] ?? 0) & FINAL) === 0);
}

/**
 * Read a payload; inflates no more than a list can hold.
 * @throws MalformedError `malformed.token` or `malformed.profile`
 */
export function fromBytes(payload: Bytes): StatusList {
  const members = new Members(canonical.parse(payload), 'status list', 'sub iat exp status_list');
  const uri = members.raw('sub');
  statusUri(uri, members.at('sub'));
  const [iat, exp] = [members.time('iat'), members.time('exp')];
  if (exp <= iat) refuse(members.at('exp'), 'not after iat');
  const inner = new Members(members.raw('status_list'), members.at('status_list'), 'bits lst');
  inner.integer('bits', BITS, BITS);
  const text = inner.raw('lst');
  if (typeof text !== 'string') return refuse(inner.at('lst'), 'not text');
  const bits = deflate.unzlib(base64url.decode(text), BYTES);
  if (bits?.length !== BYTES) return refuse(inner.at('lst'), `not zlib of exactly ${BYTES} bytes`);
  return { uri: String(uri), iat, exp, bits };
}
