// SPDX-License-Identifier: Apache-2.0
/**
 * The typed envelope: a compact JWS whose `typ` says what it is and which key role may sign it.
 *
 * docs/format.md §1.3.
 *
 *     BASE64URL({"alg":"ES256","kid":"…","typ":"…"}) . BASE64URL(payload) . BASE64URL(signature)
 *
 * - one header shape, in canonical form: nothing that could steer a reader (RFC 8725 §3);
 * - `alg` must equal that of the key found in the trust list, so no token chooses how it is verified;
 * - `typ` is compared exactly and bound to one role (RFC 8725 §3.11, §3.12).
 *
 * `read` checks form only and gives an `Unverified`; its payload means nothing before `verify`
 * returned.
 */

import { type Bytes, fromAscii, toText } from '../keys/bytes.ts';
import { sha256 } from '../keys/sha256.ts';
import { ALGORITHMS, type VerifyingKey } from '../keys/verifying_key.ts';
import * as base64url from './base64url.ts';
import * as canonical from './canonical.ts';
import { MalformedError, UntrustedError } from './errors.ts';

export const ROLE_OF_TYP = {
  'dc+sd-jwt': 'certificate',
  'receipt+jwt': 'receipt',
  'statuslist+jwt': 'status',
  'trust-list+jwt': 'list',
  'catalogue+jwt': 'list',
  'manifest+jwt': 'publish',
  'checkpoint+jwt': 'log',
  'root+jwt': 'root',
  'statement+jwt': 'statement',
  'submission+jwt': 'submit',
} as const;
export type Typ = keyof typeof ROLE_OF_TYP;

const KIB = 1024;
const MAX_BYTES_OF_TYP: Readonly<Record<Typ, number>> = {
  'dc+sd-jwt': 8 * KIB,
  'receipt+jwt': KIB,
  'statuslist+jwt': KIB * KIB,
  'trust-list+jwt': 32 * KIB * KIB,
  'catalogue+jwt': 4 * KIB * KIB,
  'manifest+jwt': KIB * KIB,
  'checkpoint+jwt': KIB,
  'root+jwt': 128 * KIB,
  'statement+jwt': 2 * KIB * KIB,
  'submission+jwt': 2 * KIB,
}; // bytes of the compact token

const MAX_HEADER = 100; // bytes; the longest header of a profile has 63
const DOT = '.'.charCodeAt(0);
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)$/;
const KID = '[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]'; // base64url of 8 bytes
const EPOCH = '25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]?';

/** A well-formed token whose signature has not been checked. Not to be trusted, and so named. */
export class Unverified {
  readonly typ: Typ;
  /** What the header claims; the key is looked up by `kid` together with issuer and role. */
  readonly alg: string;
  readonly kid: string;
  readonly payload: Bytes;
  /** Any number of bytes; only 64 can verify. */
  readonly signature: Bytes;
  /** ASCII `header.payload`, exactly as received. */
  readonly signingInput: Bytes;
  #digest: Bytes | undefined;

  constructor(
    typ: Typ,
    alg: string,
    kid: string,
    payload: Bytes,
    signature: Bytes,
    signingInput: Bytes,
  ) {
    this.typ = typ;
    this.alg = alg;
    this.kid = kid;
    this.payload = payload;
    this.signature = signature;
    this.signingInput = signingInput;
  }

  /** The compact JWS, as received. */
  get token(): string {
    return `${toText(this.signingInput)}.${base64url.encode(this.signature)}`;
  }

  /** The content digest: SHA-256 of the signing input, 32 bytes. */
  get digest(): Bytes {
    return (this.#digest ??= sha256(this.signingInput));
  }

  /**
   * Return if the signature holds under this key, which the caller found by issuer, kid and role.
   * @throws UntrustedError `signature.invalid` or `signature.unsupported`
   */
  async verify(key: VerifyingKey): Promise<void> {
    if (key.alg !== this.alg) {
      throw new UntrustedError('signature.invalid', "another algorithm than the key's");
    }
    await key.verify(this.signature, this.signingInput);
  }
}

/**
 * Read a compact token of the one expected type.
 * @throws MalformedError `malformed.token` or `malformed.profile`
 */
export function read(token: string, typ: Typ): Unverified {
  if (token.length > MAX_BYTES_OF_TYP[typ]) {
    throw new MalformedError('malformed.token', `too long for a ${typ} token`);
  }
  const [, header, payload, signature] = COMPACT.exec(token) ?? [];
  if (header === undefined || payload === undefined || signature === undefined) {
    throw new MalformedError('malformed.token', 'not a compact JWS of three base64url parts');
  }
  const [headerBytes, payloadBytes, signatureBytes] = [
    base64url.decode(header),
    base64url.decode(payload),
    base64url.decode(signature),
  ];
  const signingInput = fromAscii(`${header}.${payload}`);
  return fromDecoded(headerBytes, payloadBytes, signatureBytes, typ, signingInput);
}

/**
 * Put a token together from decoded parts, as a carrier delivers them.
 * @throws MalformedError `malformed.token` or `malformed.profile`, for the header
 */
export function fromParts(header: Bytes, payload: Bytes, signature: Bytes, typ: Typ): Unverified {
  return fromDecoded(header, payload, signature, typ, signingInputOf(header, payload));
}

/** Write `header.payload`. */
export function signingInputOf(header: Bytes, payload: Bytes): Bytes {
  const input = new Uint8Array(base64url.lengthOf(header) + 1 + base64url.lengthOf(payload));
  const at = base64url.encodeInto(header, input, 0);
  input[at] = DOT;
  base64url.encodeInto(payload, input, at + 1);
  return input;
}

function fromDecoded(
  header: Bytes,
  payload: Bytes,
  signature: Bytes,
  typ: Typ,
  signingInput: Bytes,
): Unverified {
  const [, alg, kid] = headerPattern(typ).exec(latin1(header)) ?? [];
  if (alg === undefined || kid === undefined) {
    canonical.parse(header); // says whether this is JSON at all
    throw new MalformedError('malformed.profile', `not the header of a ${typ} token`);
  }
  return new Unverified(typ, alg, kid, payload, signature, signingInput);
}

function latin1(header: Bytes): string {
  return header.length > MAX_HEADER ? '' : String.fromCharCode(...header);
}

const patterns = new Map<Typ, RegExp>();

function headerPattern(typ: Typ): RegExp {
  let pattern = patterns.get(typ);
  if (pattern === undefined) {
    const kid = typ === 'receipt+jwt' ? EPOCH : KID;
    const name = typ.replaceAll('+', '\\+');
    pattern = new RegExp(`^\\{"alg":"(${ALGORITHMS.join('|')})","kid":"(${kid})","typ":"${name}"\\}$`);
    patterns.set(typ, pattern);
  }
  return pattern;
}
