// SPDX-License-Identifier: Apache-2.0
/**
 * A trust list: who may issue what in a region, and what the region recognises of its peers.
 *
 * docs/format.md §5.2. A key that stands twice anywhere in it, under whatever owner or role, refuses
 * the whole.
 */

import type { Bytes } from '../keys/bytes.ts';
import * as canonical from './canonical.ts';
import type { Json } from './canonical.ts';
import * as keyRecord from './key_record.ts';
import { AUTHORITY_ROLES, BODY_ROLES, type KeyRecord, type Role } from './key_record.ts';
import { authorityId, bodyId, LIST_ENTRIES, Members, refuse, registryHost } from './members.ts';
import * as recognition from './recognition.ts';
import type { Recognition } from './recognition.ts';
import { type Filed, type Filing, MAX_DOCUMENT, readFiling, readStanding } from './scope.ts';
import type { Standing } from './scope.ts';

const MAX_BODIES = 50_000;
const MAX_AUTHORITIES = 5_000;
const MAX_RECOGNITIONS = 256;
const MAX_ENTRIES = 4_096; // keys, standings, filings or blocks of one body; of the gate
const MAX_NAME = 100; // code points of a body's or authority's name
export const DEFAULT_DELAY = 2_592_000; // seconds from signing to registration: 30 days
const MAX_DELAY = 366 * 86_400; // seconds
const MAX_VERSION = Number.MAX_SAFE_INTEGER;
const MIN_BLOCK = 1_024; // entries of a status list
const GATE_LEVELS = ['basic', 'full'] as const;
const PREFIX = /^[0-9A-Z]{0,20}$/;
const LIST = /^[a-z0-9-]{1,32}$/;

/** An evaluation body (评价机构) as it is filed. */
export interface Body extends Filed {
  /** `https://HOST/bodies/<code>`. */
  readonly id: string;
  /** HOST of the identifier. */
  readonly host: string;
  /** Unified social credit code, 18 characters. */
  readonly code: string;
  readonly name: string;
  /** What its certificate numbers begin with; empty where it has none. */
  readonly prefix: string;
  readonly region: string;
  /** Seconds between signing and registration; null: the usual 30 days. */
  readonly maxDelay: number | null;
  /** By rising start. */
  readonly standing: readonly Standing[];
  readonly keys: readonly KeyRecord[];
  readonly filings: readonly Filing[];
}

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

/** Find a key of a body. */
export function keyOf(body: Body, kid: string, role: Role): KeyRecord | undefined {
  return body.keys.find((record) => record.kid === kid && record.role === role);
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
  keyRecord.refuseShared(keysOf(list), 'trust list');
  return list;
}

function rises(starts: readonly (number | string)[]): boolean {
  return starts.every((start, n) => n === 0 || (starts[n - 1] ?? start) < start);
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

function readBody(value: Json, where: string): Body {
  const names = 'id name prefix region max_delay? standing void? keys filings blocks';
  const members = new Members(value, where, names);
  const [host, code] = bodyId(members.raw('id'), members.at('id'));
  const standing = members
    .items('standing', 0, MAX_ENTRIES)
    .map((one, n) => readStanding(one, `${where}.standing[${n}]`));
  if (!rises(standing.map(({ start }) => start))) {
    refuse(members.at('standing'), 'from does not rise');
  }
  for (const one of members.items('blocks', 0, MAX_ENTRIES)) readBlock(one, members.at('blocks'));
  return {
    id: String(members.raw('id')),
    host,
    code,
    name: members.text('name', MAX_NAME),
    prefix: members.match('prefix', PREFIX),
    region: members.region('region'),
    maxDelay: members.has('max_delay') ? members.integer('max_delay', 1, MAX_DELAY) : null,
    standing,
    void: members.has('void') ? members.text('void', MAX_DOCUMENT) : null,
    keys: readKeys(members, BODY_ROLES),
    filings: members
      .items('filings', 0, MAX_ENTRIES)
      .map((one, n) => readFiling(one, `${where}.filings[${n}]`)),
  };
}

/** Status indexes [first, first + count) of a list: the desk's business, only read strictly here. */
function readBlock(value: Json, where: string): void {
  const block = new Members(value, where, 'list first count');
  block.match('list', LIST);
  const first = block.integer('first', 0, LIST_ENTRIES - MIN_BLOCK);
  block.integer('count', MIN_BLOCK, LIST_ENTRIES - first);
}

function readAuthority(value: Json, where: string): Authority {
  const members = new Members(value, where, 'id name region keys');
  const [host] = authorityId(members.raw('id'), members.at('id'));
  return {
    id: String(members.raw('id')),
    host,
    name: members.text('name', MAX_NAME),
    region: members.region('region'),
    keys: readKeys(members, AUTHORITY_ROLES),
  };
}

function readKeys(members: Members, allowed: readonly Role[]): KeyRecord[] {
  const where = members.at('keys');
  const records = members
    .items('keys', 0, MAX_ENTRIES)
    .map((one, n) => keyRecord.fromMembers(one, `${where}[${n}]`, allowed));
  if (new Set(records.map(({ kid }) => kid)).size !== records.length) {
    refuse(where, 'a kid stands twice');
  }
  if (records.some(({ distrusted }) => distrusted)) {
    refuse(where, 'distrusted stands in a root alone; here it is distrusted_after');
  }
  return records;
}
