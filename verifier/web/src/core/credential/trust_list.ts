// SPDX-License-Identifier: Apache-2.0
/**
 * A trust list: who may issue what in a region, and what the region recognises of its peers.
 *
 * docs/format.md §5.2. A key that stands twice anywhere in it, under whatever owner or role, refuses
 * the whole.
 */

import type { Bytes } from '../keys/bytes.ts';
import { type Body, MAX_ENTRIES, MAX_NAME, readBody, rises } from './body.ts';
import * as canonical from './canonical.ts';
import type { Json } from './canonical.ts';
import { AUTHORITY_ROLES, type KeyRecord, readRecords, refuseShared } from './key_record.ts';
import { authorityId, Members, refuse, registryHost } from './members.ts';
import * as recognition from './recognition.ts';
import type { Recognition } from './recognition.ts';

const MAX_BODIES = 50_000;
const MAX_AUTHORITIES = 5_000;
const MAX_RECOGNITIONS = 256;
const MAX_VERSION = Number.MAX_SAFE_INTEGER;
const GATE_LEVELS = ['basic', 'full'] as const;

/** Who may make statements about the bodies of a region. */
export interface Authority {
  readonly id: string;
  readonly host: string;
  readonly name: string;
  readonly region: string;
  readonly keys: readonly KeyRecord[];
}

/** The list as a region signs it. */
export interface TrustList {
  readonly iss: string;
  readonly region: string;
  readonly version: number;
  readonly iat: number;
  readonly exp: number;
  /** By code. */
  readonly bodies: ReadonlyMap<string, Body>;
  readonly authorities: readonly Authority[];
  readonly recognitions: readonly Recognition[];
}

/** Give every key of a list. */
export function keysOf(list: TrustList): KeyRecord[] {
  return [...list.bodies.values(), ...list.authorities].flatMap((owner) => owner.keys);
}

/** @throws MalformedError `malformed.token`, `malformed.profile` or `snapshot.duplicate_key` */
export function fromBytes(payload: Bytes): TrustList {
  const names = 'iss region version iat exp gate bodies authorities recognitions';
  const members = new Members(canonical.parse(payload), 'trust list', names);
  registryHost(members.raw('iss'), members.at('iss'));
  const [iat, exp] = [members.time('iat'), members.time('exp')];
  if (exp <= iat) refuse(members.at('exp'), 'not after iat');
  readGate(members);
  const list: TrustList = {
    iss: String(members.raw('iss')),
    region: members.region('region'),
    version: members.integer('version', 1, MAX_VERSION),
    iat,
    exp,
    bodies: readBodies(members),
    authorities: members
      .items('authorities', 0, MAX_AUTHORITIES)
      .map((one, n) => readAuthority(one, `trust list.authorities[${n}]`)),
    recognitions: members
      .items('recognitions', 0, MAX_RECOGNITIONS)
      .map((one, n) => recognition.fromMembers(one, `trust list.recognitions[${n}]`)),
  };
  if (new Set(list.authorities.map(({ id }) => id)).size !== list.authorities.length) {
    refuse(members.at('authorities'), 'an identifier stands twice');
  }
  refuseShared(keysOf(list), 'trust list');
  return list;
}

function readGate(members: Members): void {
  const starts = members.items('gate', 0, MAX_ENTRIES).map((one) => {
    const entry = new Members(one, members.at('gate'), 'from level');
    entry.choice('level', GATE_LEVELS);
    return entry.time('from');
  });
  if (!rises(starts)) refuse(members.at('gate'), 'from does not rise');
}

function readBodies(members: Members): Map<string, Body> {
  const bodies = members
    .items('bodies', 0, MAX_BODIES)
    .map((one, n) => readBody(one, `trust list.bodies[${n}]`));
  if (!rises(bodies.map(({ code }) => code))) refuse(members.at('bodies'), 'codes do not rise');
  return new Map(bodies.map((body) => [body.code, body]));
}

function readAuthority(value: Json, where: string): Authority {
  const members = new Members(value, where, 'id name region keys');
  const [host] = authorityId(members.raw('id'), members.at('id'));
  return {
    id: String(members.raw('id')),
    host,
    name: members.text('name', MAX_NAME),
    region: members.region('region'),
    keys: readRecords(members, AUTHORITY_ROLES, MAX_ENTRIES),
  };
}
