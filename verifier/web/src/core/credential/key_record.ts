// SPDX-License-Identifier: Apache-2.0
/**
 * A registered public key: whose role it has, since when, until when (docs/format.md §5.1, §5.2).
 *
 *     in a root        {"kid":"…","jwk":{…},"role":"status","from":n,"to":n,"distrusted":true}
 *     in a trust list  {"kid":"…","jwk":{…},"role":"submit","from":n,"to":null,"distrusted_after":n}
 *
 * - a key is looked up by issuer, kid and role, and so has exactly one role;
 * - `kid` follows from the key itself; a receipt key goes by its epoch instead, `"1"` to `"255"`;
 * - the window is half-open.
 */

import { encode } from '../keys/base64url.ts';
import * as jwk from '../keys/jwk.ts';
import type { VerifyingKey } from '../keys/verifying_key.ts';
import type { Json } from './canonical.ts';
import { MalformedError, SealError } from './errors.ts';
import { Members, refuse } from './members.ts';

export const ROOT_ROLES = [
  'root',
  'receipt',
  'status',
  'list',
  'publish',
  'log',
  'statement',
] as const;
export const BODY_ROLES = ['certificate', 'statement', 'submit'] as const;
export const AUTHORITY_ROLES = ['statement'] as const;
export type Role = (typeof ROOT_ROLES)[number] | (typeof BODY_ROLES)[number];

const REGISTRY_ROLES: readonly string[] = ['receipt', 'status', 'list', 'publish', 'log', 'root'];
const EPOCH = /^(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]?)$/;

export interface KeyRecord {
  /** 11 characters of the thumbprint; the epoch of a receipt key. */
  readonly kid: string;
  readonly key: VerifyingKey;
  readonly role: Role;
  /** Seconds since 1970, included. */
  readonly start: number;
  /** Seconds since 1970, not included; null where the window is open. */
  readonly end: number | null;
  /** Only in a trust list: nothing that was registered from then on counts. */
  readonly distrustedAfter: number | null;
  /** Only in a root: the key counts for nothing, but for the survivors of a receipt key. */
  readonly distrusted: boolean;
}

/** Tell whether a time lies in a half-open window. */
export function holds(window: { start: number; end: number | null }, t: number): boolean {
  return window.start <= t && (window.end === null || t < window.end);
}

/** @throws MalformedError `malformed.profile` */
export function fromMembers(value: Json, where: string, allowed: readonly Role[]): KeyRecord {
  const record = new Members(value, where, 'kid jwk role from to distrusted? distrusted_after?');
  const role = record.choice('role', allowed);
  const [start, end] = [record.time('from'), record.end('to')];
  if (end !== null && end <= start) refuse(record.at('to'), 'not after from');
  const key = readKey(record, role);
  const kid = record.raw('kid');
  const fits =
    typeof kid === 'string' && (role === 'receipt' ? EPOCH.test(kid) : kid === key.kid);
  if (!fits) refuse(record.at('kid'), "not the key's: 11 characters of its thumbprint, or the epoch");
  return {
    kid,
    key,
    role,
    start,
    end,
    distrustedAfter: record.has('distrusted_after') ? record.time('distrusted_after') : null,
    distrusted: record.mark('distrusted'),
  };
}

/**
 * Read the keys of one owner in a trust list.
 * @throws MalformedError `malformed.profile`
 */
export function readRecords(
  members: Members,
  allowed: readonly Role[],
  most: number,
): KeyRecord[] {
  const where = members.at('keys');
  const records = members
    .items('keys', 0, most)
    .map((one, n) => fromMembers(one, `${where}[${n}]`, allowed));
  if (new Set(records.map(({ kid }) => kid)).size !== records.length) {
    refuse(where, 'a kid stands twice');
  }
  if (records.some(({ distrusted }) => distrusted)) {
    refuse(where, 'distrusted stands in a root alone; here it is distrusted_after');
  }
  return records;
}

/**
 * Refuse a key that stands twice, whatever its role or owner.
 * @throws MalformedError `snapshot.duplicate_key`
 */
export function refuseShared(records: Iterable<KeyRecord>, where: string): void {
  const seen = new Set<string>();
  for (const { key } of records) {
    const thumbprint = encode(key.thumbprint);
    if (seen.has(thumbprint)) {
      throw new MalformedError('snapshot.duplicate_key', `${where}: the key ${key.kid} stands twice`);
    }
    seen.add(thumbprint);
  }
}

function readKey(record: Members, role: Role): VerifyingKey {
  const where = record.at('jwk');
  const members = record.raw('jwk');
  if (!(members instanceof Map)) return refuse(where, 'not an object');
  let key: VerifyingKey;
  try {
    key = jwk.fromMembers(members);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return refuse(where, error.message);
  }
  if (REGISTRY_ROLES.includes(role) && key.alg !== 'ES256') {
    refuse(where, `a key of role ${role} must be ES256`);
  }
  const order = key.alg === 'ES256' ? 'kty crv x y alg' : 'kty crv x alg';
  if ([...members.keys()].join(' ') !== order) refuse(where, `members must be in the order ${order}`);
  return key;
}
