// SPDX-License-Identifier: Apache-2.0
/**
 * What a body has filed to issue, and whether it stands (docs/format.md §5.2).
 *
 *     filing    {"number":"沪人社备〔2026〕7号","from":n,"to":null,"districts":["310115"],
 *                "grants":[{"kind":"skill_level","occupations":["lyg2020:39"],"levels":["5","4","3"]}]}
 *     standing  {"from":n,"state":"suspended","document":"沪人社函〔2026〕12号"}
 *
 * A scope is a tuple, not a type: one grant must allow kind, occupation and level together.
 */

import { KINDS, type Kind } from './certificate.ts';
import type { Json } from './canonical.ts';
import { holds } from './key_record.ts';
import { LEVELS, type Level } from './levels.ts';
import { inside, isOccupationCode, isRegion, Members, refuse } from './members.ts';

export const MAX_DOCUMENT = 80; // code points of a document's or filing's number
const MAX_DISTRICTS = 64;
const MAX_GRANTS = 64;
const MAX_OCCUPATIONS = 2_000; // of one grant

const STATES = ['active', 'rectifying', 'suspended', 'removed'] as const;

/** What a filing that covers a certificate reaches: kind, occupation, level, district, window. */
export const COVERED = 5;

/** One entry of a body's history, in force until the next begins. */
export interface Standing {
  readonly start: number;
  readonly state: (typeof STATES)[number];
  readonly document: string;
  /** Only with `rectifying`, where false means as if suspended; null where absent. */
  readonly mayIssue: boolean | null;
}

/** One kind × occupations × levels. */
export interface Grant {
  readonly kind: Kind;
  /** Codes with their schemes. */
  readonly occupations: ReadonlySet<string>;
  /** Empty for a kind without levels; then it allows a certificate without level, and no other. */
  readonly levels: readonly Level[];
}

/** What a body has filed to issue, where, and from when to when. */
export interface Filing {
  /** As the authority numbered it; an amended filing stands once for each window. */
  readonly number: string;
  readonly start: number;
  readonly end: number | null;
  readonly districts: readonly string[];
  readonly grants: readonly Grant[];
  /** Number of the document that annulled it; null where none did. */
  readonly void: string | null;
}

/** What a certificate asks of a scope. */
export interface Asked {
  readonly kind: Kind;
  readonly occupationCode: string;
  readonly level: Level | null;
  readonly region: string;
}

/** Count how many of kind, occupation, level, district and window are met, in this order. */
export function reachOf(filing: Filing, asked: Asked, t: number, rootRegion: string): number {
  const met = Math.max(0, ...filing.grants.map((grant) => reachOfGrant(grant, asked)));
  if (met < 3) return met;
  const covered = filing.districts.some((district) => inside(asked.region, district));
  if (!covered || !inside(asked.region, rootRegion)) return 3;
  return holds(filing, t) ? COVERED : 4;
}

function reachOfGrant(grant: Grant, asked: Asked): number {
  if (asked.kind !== grant.kind) return 0;
  if (!grant.occupations.has(asked.occupationCode)) return 1;
  return meetsLevel(asked.level, grant.levels) ? 3 : 2;
}

/** Tell whether a level is among those allowed; none is met by an empty list alone. */
export function meetsLevel(level: Level | null, allowed: readonly Level[]): boolean {
  return level === null ? allowed.length === 0 : allowed.includes(level);
}

/** @throws MalformedError `malformed.profile` */
export function readStanding(value: Json, where: string): Standing {
  const members = new Members(value, where, 'from state document may_issue?');
  const state = members.choice('state', STATES);
  if (members.has('may_issue') && state !== 'rectifying') {
    refuse(members.at('may_issue'), 'stands only with rectifying');
  }
  return {
    start: members.time('from'),
    state,
    document: members.text('document', MAX_DOCUMENT),
    mayIssue: members.has('may_issue') ? members.flag('may_issue') : null,
  };
}

/** @throws MalformedError `malformed.profile` */
export function readFiling(value: Json, where: string): Filing {
  const members = new Members(value, where, 'number from to districts grants void?');
  const [start, end] = [members.time('from'), members.end('to')];
  if (end !== null && end <= start) refuse(members.at('to'), 'not after from');
  return {
    number: members.text('number', MAX_DOCUMENT),
    start,
    end,
    districts: distinct(members, 'districts', 1, MAX_DISTRICTS, isRegion),
    grants: members
      .items('grants', 0, MAX_GRANTS)
      .map((one, n) => readGrant(one, `${where}.grants[${n}]`)),
    void: members.has('void') ? members.text('void', MAX_DOCUMENT) : null,
  };
}

function readGrant(value: Json, where: string): Grant {
  const members = new Members(value, where, 'kind occupations levels');
  const kind = members.choice('kind', KINDS);
  const codes = distinct(members, 'occupations', 1, MAX_OCCUPATIONS, isOccupationCode);
  return { kind, occupations: new Set(codes), levels: readLevels(members) };
}

/** Read the member `levels` of a grant or term. */
export function readLevels(members: Members): Level[] {
  return distinct(members, 'levels', 0, LEVELS.length, (value): value is Level =>
    LEVELS.includes(value as Level),
  );
}

/** Read an array of values that differ from each other. */
export function distinct<Text extends string>(
  members: Members,
  name: string,
  low: number,
  high: number,
  isOne: (value: unknown) => value is Text,
): Text[] {
  const values = members.items(name, low, high).map((value) =>
    isOne(value) ? value : refuse(members.at(name), 'not of the form that the format gives'),
  );
  if (new Set(values).size !== values.length) refuse(members.at(name), 'the same entry twice');
  return values;
}
