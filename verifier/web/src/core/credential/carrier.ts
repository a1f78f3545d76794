// SPDX-License-Identifier: Apache-2.0
/**
 * The carrier: how a certificate and its receipt stand in one QR code (docs/format.md §4).
 *
 *     https://HOST/v#0123456789…
 *
 *     version | flags | host? | DEFLATE(header ‖ payload) | 64 signature | 4 t | 5 log index | 1 epoch
 *     | 64 receipt signature
 *
 * The digits behind the `#` never reach a server, and nothing here opens the URL.
 */

import { type Bytes, toNumber } from '../keys/bytes.ts';
import * as certificate from './certificate.ts';
import type { Claims } from './certificate.ts';
import * as deflate from './deflate.ts';
import * as digits from './digits.ts';
import * as envelope from './envelope.ts';
import type { Unverified } from './envelope.ts';
import { MalformedError } from './errors.ts';
import { codePoints, isHost } from './members.ts';
import * as receipts from './receipt.ts';
import type { Receipt } from './receipt.ts';

const VERSION = 1;
const MAX_TEXT = 4096; // characters of a code
const MAX_TEXT_FORM = 16384; // characters of the text form
const HOST_INSIDE = 1;
const SIGNATURE = 64;
const TAIL = SIGNATURE + 4 + 5 + 1 + SIGNATURE; // bytes behind the DEFLATE stream
const END_OF_HEADER = '}'.charCodeAt(0);

const CODE = /^https:\/\/([a-z0-9.:-]+)\/v#(.*)$/su;
const BARE = /^[0-9]+$/;
const TEXT_FORM = /^([A-Za-z0-9._-]+)~\n(?:([A-Za-z0-9._-]+)\n)?$/;

/** What a code or a text form carried: well-formed, and nothing more. */
export interface Carried {
  /** The certificate's envelope. */
  readonly unverified: Unverified;
  readonly claims: Claims;
  /** The receipt's envelope; null only for a text form without one. */
  readonly receiptUnverified: Unverified | null;
  readonly receiptClaims: Receipt | null;
  /** The token's host; null for a text form. */
  readonly host: string | null;
  /** Whether the host stood inside the digits. */
  readonly inside: boolean;
}

/**
 * Read a code, or the text form.
 * @param text Exactly what the symbol says: no line end, except in the text form.
 * @throws MalformedError `malformed.url`, `malformed.carrier`, `malformed.token`, `malformed.profile`
 */
export function decode(text: string): Carried {
  if (text.startsWith('https://')) {
    const [, host, behind] = CODE.exec(text) ?? [];
    if (!isHost(host) || behind === undefined || isLonger(text, MAX_TEXT)) return notOurs();
    return fromDigits(behind, host);
  }
  if (text.startsWith('eyJ')) return fromTextForm(text);
  return notOurs();
}

/** Tell whether a text is digits alone: what is left when a page was opened with its fragment. */
export function isBare(text: string): boolean {
  return BARE.test(text);
}

/**
 * Read bare digits under each host that they may be for, in the order to try.
 *
 * A wrong host of the right length puts its own name into canonical JSON, so more than one may decode;
 * the right one is the first under which the certificate's signature holds.
 * @throws MalformedError `malformed.url` where this is not digits; else what the first host gives,
 * where none decodes
 */
export function candidates(text: string, hosts: readonly string[]): Carried[] {
  if (text.length > MAX_TEXT || !isBare(text)) return notOurs();
  const found: Carried[] = [];
  let first: MalformedError | undefined;
  for (const host of hosts) {
    try {
      const carried = fromDigits(text, host);
      found.push(carried);
      if (carried.inside) break;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      first ??= error;
    }
  }
  if (found.length > 0) return found;
  throw first ?? new MalformedError('malformed.carrier', 'digits without a host to read them under');
}

function notOurs(): never {
  throw new MalformedError('malformed.url', 'not the text of a certificate code');
}

function refuse(what: string): never {
  throw new MalformedError('malformed.carrier', what);
}

function isLonger(text: string, most: number): boolean {
  return text.length > most && codePoints(text) > most;
}

function fromDigits(text: string, pageHost: string): Carried {
  const data = digits.decode(text);
  const flags = data[1] ?? 0;
  if (data.length < 2 + TAIL || data[0] !== VERSION) refuse('not a code of version 1');
  if ((flags & ~HOST_INSIDE) !== 0) refuse('a reserved flag is set');
  const inside = (flags & HOST_INSIDE) !== 0;
  const [host, start] = inside ? innerHost(data, pageHost) : [pageHost, 2];
  const end = data.length - TAIL;
  const plain = deflate.expand(data.subarray(start, end), host);
  const split = plain.indexOf(END_OF_HEADER) + 1;
  const payload = plain.subarray(split);
  const tail = data.subarray(end);
  const signature = tail.subarray(0, SIGNATURE);
  const unverified = envelope.fromParts(plain.subarray(0, split), payload, signature, 'dc+sd-jwt');
  const claims = certificate.fromBytes(payload);
  const receiptClaims: Receipt = {
    host: claims.host,
    t: toNumber(tail.subarray(64, 68)),
    digest: unverified.digest,
    logIndex: toNumber(tail.subarray(68, 73)),
    epoch: tail[73] ?? 0,
  };
  if (receiptClaims.epoch === 0) refuse('epochs begin with 1');
  const receiptUnverified = receipts.rebuild(receiptClaims, tail.subarray(74));
  return { unverified, claims, receiptUnverified, receiptClaims, host, inside };
}

function innerHost(data: Bytes, pageHost: string): [string, number] {
  const start = 3 + (data[2] ?? 0);
  const host = String.fromCharCode(...data.subarray(3, start));
  if (!isHost(host) || data.length < start + TAIL) refuse('the host inside is not one');
  if (host === pageHost) refuse("the host inside is the URL's own");
  return [host, start];
}

function fromTextForm(text: string): Carried {
  const match = isLonger(text, MAX_TEXT_FORM) ? null : TEXT_FORM.exec(text);
  const [, token, receiptToken] = match ?? [];
  if (token === undefined) {
    throw new MalformedError('malformed.token', 'not a certificate, ~, a receipt on two lines');
  }
  const [unverified, claims] = certificate.read(token);
  const [receiptUnverified, receiptClaims] =
    receiptToken === undefined ? [null, null] : receipts.read(receiptToken);
  return { unverified, claims, receiptUnverified, receiptClaims, host: null, inside: false };
}
