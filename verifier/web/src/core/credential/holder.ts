// SPDX-License-Identifier: Apache-2.0
/**
 * The holder tag: 24 bits that tell a person from a namesake (docs/format.md §8).
 *
 *     PBKDF2-HMAC-SHA256(password = "<type>:<number>",
 *                        salt = SHA-256("skillseal-holder-1" ‖ folded name, UTF-8),
 *                        100,000 rounds), first 3 bytes, base64url
 *
 * De-identified, not anonymous. One tag takes some 25 ms: a gate computes its roster's beforehand.
 */

import { encode } from '../keys/base64url.ts';
import { concat, fromText } from '../keys/bytes.ts';
import { sha256 } from '../keys/sha256.ts';
import { MalformedError, UntrustedError } from './errors.ts';
import { normalise } from './identity_number.ts';
import { fold } from './name.ts';

const ROUNDS = 100_000;
const TAG_BITS = 24;
const DOMAIN = 'skillseal-holder-1';
const TAG = /^[A-Za-z0-9_-]{4}$/;

/**
 * Compute the tag of a person: 4 base64url characters.
 * @throws MalformedError `holder.malformed`, which never contains the number; `name.malformed` for a
 * name of which nothing is left
 */
export async function tag(documentType: number, number: string, name: string): Promise<string> {
  const normal = normalise(documentType, number);
  const folded = fold(name);
  if (folded === '') throw new MalformedError('name.malformed', 'a name has at least one letter');
  const salt = sha256(concat(fromText(DOMAIN), fromText(folded)));
  const { subtle } = crypto;
  if (subtle === undefined) {
    throw new UntrustedError('signature.unsupported', 'this page has no WebCrypto: open it by https');
  }
  const password = fromText(`${documentType}:${normal}`);
  const key = await subtle.importKey('raw', password, { name: 'PBKDF2' }, false, ['deriveBits']);
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS } as const;
  return encode(new Uint8Array(await subtle.deriveBits(algorithm, key, TAG_BITS)));
}

export function isTag(text: unknown): text is string {
  return typeof text === 'string' && TAG.test(text);
}
