// SPDX-License-Identifier: Apache-2.0
/**
 * The registry's receipt: this content was admitted then, at this place of the log.
 *
 * docs/format.md §3.
 *
 *     {"alg":"ES256","kid":"7","typ":"receipt+jwt"} . {"iss":"https://HOST","iat":1790000000,"digest":"…","log_index":42}
 *
 * Five values determine every byte, so a code carries them and a reader writes the text again. `iat`
 * is the only trusted time of issue: keys, standing and scope are judged at it.
 */

import { type Bytes, fromAscii } from '../keys/bytes.ts';
import * as base64url from './base64url.ts';
import * as canonical from './canonical.ts';
import * as envelope from './envelope.ts';
import { Unverified } from './envelope.ts';
import { Members, refuse, registryHost } from './members.ts';

const MAX_LOG_INDEX = 2 ** 40 - 1; // the carrier gives it five bytes

/** What a receipt says. */
export interface Receipt {
  /** HOST of the registry. */
  readonly host: string;
  /** When the content was admitted, seconds since 1970. */
  readonly t: number;
  /** Content digest of what was admitted, 32 bytes. */
  readonly digest: Bytes;
  /** Its leaf in the log, from 0. */
  readonly logIndex: number;
  /** The receipt key, 1 to 255. */
  readonly epoch: number;
}

/** Write the envelope again around a signature that came with these five values. */
export function rebuild(receipt: Receipt, signature: Bytes): Unverified {
  const header = fromAscii(`{"alg":"ES256","kid":"${receipt.epoch}","typ":"receipt+jwt"}`);
  const payload = fromAscii(
    `{"iss":"https://${receipt.host}","iat":${receipt.t}` +
      `,"digest":"${base64url.encode(receipt.digest)}","log_index":${receipt.logIndex}}`,
  );
  return new Unverified(
    'receipt+jwt',
    'ES256',
    String(receipt.epoch),
    payload,
    signature,
    envelope.signingInputOf(header, payload),
  );
}

/**
 * Read a receipt's text form.
 * @throws MalformedError `malformed.token` or `malformed.profile`
 */
export function read(token: string): [Unverified, Receipt] {
  const unverified = envelope.read(token, 'receipt+jwt');
  if (unverified.alg !== 'ES256') refuse('receipt', 'signed with another algorithm than ES256');
  const value = canonical.parse(unverified.payload);
  const members = new Members(value, 'receipt', 'iss iat digest log_index');
  const receipt: Receipt = {
    host: registryHost(members.raw('iss')),
    t: members.time('iat'),
    digest: base64url.decode(members.digest('digest')),
    logIndex: members.integer('log_index', 0, MAX_LOG_INDEX),
    epoch: Number(unverified.kid),
  };
  return [unverified, receipt];
}
