// SPDX-License-Identifier: Apache-2.0
/** An evaluation body (评价机构) in a trust list: its standing, keys, filings, index blocks (§5.2). */

import type { Json } from './canonical.ts';
import { type Filing, MAX_DOCUMENT, readFiling, readStanding, type Standing } from './filing.ts';
import { BODY_ROLES, type KeyRecord, readRecords, type Role } from './key_record.ts';
import { bodyId, LIST_ENTRIES, Members, refuse } from './members.ts';
import type { Filed } from './scope.ts';

export const MAX_ENTRIES = 4_096; // keys, standings, filings or blocks of one body; of the gate
export const MAX_NAME = 100; // code points of a body's or authority's name
export const DEFAULT_DELAY = 2_592_000; // seconds from signing to registration: 30 days
const MAX_DELAY = 366 * 86_400; // seconds
const MIN_BLOCK = 1_024; // entries of a status list
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

/** Find a key of a body. */
export function keyOf(body: Body, kid: string, role: Role): KeyRecord | undefined {
  return body.keys.find((record) => record.kid === kid && record.role === role);
}

/** Tell whether each is above the one before. */
export function rises(starts: readonly (number | string)[]): boolean {
  return starts.every((start, n) => n === 0 || (starts[n - 1] ?? start) < start);
}

/** @throws MalformedError `malformed.profile` */
export function readBody(value: Json, where: string): Body {
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
    keys: readRecords(members, BODY_ROLES, MAX_ENTRIES),
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
