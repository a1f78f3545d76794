// SPDX-License-Identifier: Apache-2.0
/**
 * Public keys as JWK (RFC 7517, RFC 8037), their thumbprints (RFC 7638) and key identifiers.
 *
 *     {"kty":"EC","crv":"P-256","x":"<43 characters>","y":"<43 characters>","alg":"ES256"}
 *     {"kty":"OKP","crv":"Ed25519","x":"<43 characters>","alg":"EdDSA"}
 *
 * Exactly these members; coordinates are 32 bytes; a P-256 point lies on the curve; an Ed25519 point
 * decodes (RFC 8032 §5.1.3) and is not of small order. WebCrypto checks points too, but later, each
 * engine in its own way, and not all of it.
 */

import type { Json } from '../credential/canonical.ts';
import * as base64url from './base64url.ts';
import { type Bytes, concat, fromText, toBigInt } from './bytes.ts';
import { MalformedError } from './errors.ts';
import { sha256 } from './sha256.ts';
import { VerifyingKey } from './verifying_key.ts';

const COORDINATE_BYTES = 32;
const KID_BYTES = 8;
/** Members that only a private or secret key has (RFC 7518 §6; draft AKP keys: `priv`). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** P-256 (SP 800-186 §3.2.1.3). */
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** Edwards25519 (RFC 8032 §5.1). */
const FIELD = 2n ** 255n - 19n;
const D = mod(-121665n * power(121666n, FIELD - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (FIELD - 1n) / 4n);

/** @throws MalformedError `key.private`, `key.malformed`, `key.curve` or `key.point` */
export function fromMembers(jwk: ReadonlyMap<string, Json>): VerifyingKey {
  if (PRIVATE.some((member) => jwk.has(member))) {
    throw new MalformedError('key.private', 'a private key: replace it');
  }
  const names = [jwk.get('kty'), jwk.get('crv'), jwk.get('alg')];
  const named = names.every(isText) ? names.join(' ') : '';
  if (named === 'EC P-256 ES256') {
    demandMembers(jwk, ['kty', 'crv', 'x', 'y', 'alg']);
    const [x, xText] = coordinate(jwk, 'x');
    const [y, yText] = coordinate(jwk, 'y');
    if (!isOnP256(toBigInt(x), toBigInt(y))) refusePoint();
    const thumbprint = hash(`{"crv":"P-256","kty":"EC","x":"${xText}","y":"${yText}"}`);
    return new VerifyingKey('ES256', kid(thumbprint), thumbprint, concat(Uint8Array.of(4), x, y));
  }
  if (named === 'OKP Ed25519 EdDSA') {
    demandMembers(jwk, ['kty', 'crv', 'x', 'alg']);
    const [x, xText] = coordinate(jwk, 'x');
    if (!isUsableEd25519(x)) refusePoint();
    const thumbprint = hash(`{"crv":"Ed25519","kty":"OKP","x":"${xText}"}`);
    return new VerifyingKey('EdDSA', kid(thumbprint), thumbprint, x);
  }
  if (named === '' && names[0] !== 'RSA') {
    throw new MalformedError('key.malformed', 'kty, crv and alg of a JWK must be there, as text');
  }
  throw new MalformedError('key.curve', 'a JWK is EC P-256 ES256 or OKP Ed25519 EdDSA');
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function kid(thumbprint: Bytes): string {
  return base64url.encode(thumbprint.subarray(0, KID_BYTES));
}

function hash(text: string): Bytes {
  return sha256(fromText(text));
}

function demandMembers(jwk: ReadonlyMap<string, Json>, members: readonly string[]): void {
  if (jwk.size !== members.length || !members.every((member) => jwk.has(member))) {
    throw new MalformedError('key.malformed', `a JWK of this kind has exactly ${members.join(', ')}`);
  }
}

function coordinate(jwk: ReadonlyMap<string, Json>, member: string): [Bytes, string] {
  const text = jwk.get(member);
  const value = typeof text === 'string' ? base64url.decode(text) : null;
  if (typeof text !== 'string' || value?.length !== COORDINATE_BYTES) {
    throw new MalformedError('key.malformed', `${member} of a JWK is not 32 bytes in base64url`);
  }
  return [value, text];
}

function refusePoint(): never {
  throw new MalformedError('key.point', 'a JWK that is not a usable point of its curve');
}

function isOnP256(x: bigint, y: bigint): boolean {
  return x < P && y < P && (y * y - (x * x * x - 3n * x + B)) % P === 0n;
}

/** Decode a point as RFC 8032 §5.1.3 does; true for a point outside the small subgroup. */
function isUsableEd25519(encoded: Bytes): boolean {
  const number = toBigInt(encoded.slice().reverse());
  const sign = number >> 255n;
  const y = number & (2n ** 255n - 1n);
  if (y >= FIELD) return false;
  const above = mod(y * y - 1n);
  const below = mod(D * y * y + 1n);
  let x = mod(above * below ** 3n * power(mod(above * below ** 7n), (FIELD - 5n) / 8n));
  if (mod(below * x * x - above) !== 0n) x = mod(x * ROOT_OF_MINUS_ONE);
  if (mod(below * x * x - above) !== 0n || (x === 0n && sign === 1n)) return false;
  return !hasSmallOrder(x, y);
}

/** Double three times: 8·P is the identity (0, 1) for exactly the points of small order. */
function hasSmallOrder(x: bigint, y: bigint): boolean {
  for (let i = 0; i < 3; i++) {
    const product = mod(D * x * x * y * y);
    [x, y] = [
      mod(2n * x * y * power(1n + product, FIELD - 2n)),
      mod((y * y + x * x) * power(mod(1n - product), FIELD - 2n)),
    ];
  }
  return x === 0n && y === 1n;
}

function mod(value: bigint): bigint {
  const rest = value % FIELD;
  return rest < 0n ? rest + FIELD : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let square = mod(base); exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * square) % FIELD;
    square = (square * square) % FIELD;
  }
  return result;
}
